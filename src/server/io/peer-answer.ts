/** One HTTP request to the peer port of a member, and its whole answer. */
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as startRequest,
} from 'node:http';
import { parseMemberUrl } from '../config/member-url.ts';
import { ServerError } from '../errors.ts';
import type { PeerAgents } from '../peer/dial/peer-agents.ts';

/** Bytes of an answer; a longer one is none. */
export const remoteAnswerBytesMax: number = 1024 * 1024;

export interface PeerQuestion {
  readonly peerURL: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** How long until the whole answer is there. */
  readonly timeoutMs: number;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Rejects when there is no answer. */
export function peerAnswer(asked: PeerQuestion, agents: PeerAgents): Promise<PeerAnswer> {
  return new Promise((resolve, reject) => {
    const request = opened(asked, agents);
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      collected(response).then((body) => resolve({ status, headers, body }), reject);
    });
    request.end(asked.body);
  });
}

function opened(asked: PeerQuestion, agents: PeerAgents): ClientRequest {
  const { path, method, headers, timeoutMs } = asked;
  const there = agents.to(parseMemberUrl(asked.peerURL));
  const signal = AbortSignal.timeout(timeoutMs);
  return startRequest({ ...there, path, method, headers, signal });
}

async function collected(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > remoteAnswerBytesMax) {
      response.destroy();
      throw new ServerError('SERVER_START_REFUSED', 'the answer is too long');
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
