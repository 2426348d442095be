/** Compares what handlers were given and gave with what went over the wire. */
import { concatBytes, equalBytes, readU32Be } from '../../src/base/bytes.ts';
import type { StreamModel } from './connection-model.ts';
import { expect, FuzzFailure } from './fuzz-failure.ts';
import type { SeenCall } from './fuzz-handlers.ts';
import { GZIP, type Peer } from './world.ts';

const INFLATED_BYTES_MAX = 1 << 20;

/** How the calls of a connection ended, for statistics. */
export interface Outcome {
  readonly streams: number;
  readonly answered: number;
}

/** No user and no handler was given anything that the client did not send in this place. */
export function checkRequests(peer: Peer, calls: readonly SeenCall[]): void {
  const partial = peer.client.partialData;
  const sentOn = (id: number): Uint8Array => {
    const whole = peer.model.streams.get(id)?.requestBody ?? [];
    return concatBytes(partial?.streamId === id ? [...whole, partial.bytes] : whole);
  };
  for (const { id, body } of peer.taps.values()) {
    expect(startsWith(sentOn(id), concatBytes(body)), 'a body that was not sent', `stream ${id}`);
  }
  for (const { streamId, path, received } of calls) {
    if (!peer.taps.has(streamId)) continue;
    const sent = messagesOf(sentOn(streamId));
    const isSame = received.every((message, at) => isMessage(sent[at], message));
    expect(isSame, 'a message that was not sent', `stream ${streamId}, ${path}`);
  }
}

/** What handlers sent went out whole, in its order, and nothing else. */
export function checkAnswers(peer: Peer, calls: readonly SeenCall[]): Outcome {
  const callOf = new Map(calls.map((call) => [call.streamId, call]));
  let answered = 0;
  for (const stream of peer.model.streams.values()) {
    if (stream.serverEnded) answered++;
    const call = callOf.get(stream.id);
    if (call !== undefined && peer.taps.has(stream.id)) checkAnswer(stream, call);
  }
  return { streams: peer.model.streams.size, answered };
}

function checkAnswer(stream: StreamModel, call: SeenCall): void {
  const where = `stream ${stream.id}, ${call.path}`;
  const got = messagesOf(concatBytes(stream.answerBody));
  const isSame = got.every((message, at) => {
    const sent = call.sent[at];
    return sent !== undefined && isMessage(message, sent);
  });
  expect(isSame, 'an answer that was not sent', where);
  if (!stream.serverEnded) return;
  const last = stream.trailers ?? stream.head;
  expect(/^\d+$/.test(last?.get('grpc-status') ?? ''), 'an answer without grpc-status', where);
  if (last?.get('grpc-status') === '0') {
    expect(got.length === call.sent.length, 'an answer that misses messages', where);
  }
}

interface FramedMessage {
  readonly flag: number;
  readonly bytes: Uint8Array;
}

function messagesOf(body: Uint8Array): FramedMessage[] {
  const messages: FramedMessage[] = [];
  for (let at = 0; at + 5 <= body.length; ) {
    const end = at + 5 + readU32Be(body, at + 1);
    if (end > body.length) break;
    messages.push({ flag: body[at] as number, bytes: body.subarray(at + 5, end) });
    at = end;
  }
  return messages;
}

function isMessage(framed: FramedMessage | undefined, message: Uint8Array): boolean {
  if (framed === undefined) return false;
  if (framed.flag === 0) return equalBytes(framed.bytes, message);
  if (framed.flag !== 1) throw new FuzzFailure('a message with an unknown flag');
  return equalBytes(GZIP.decompress(framed.bytes, INFLATED_BYTES_MAX), message);
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return equalBytes(whole.subarray(0, start.length), start);
}
