/** Header blocks as Node's own HTTP/2 server writes and reads them: an oracle for our HPACK. */
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import {
  FRAME_HEADER_BYTES,
  FrameFlag,
  FrameType,
  PREFACE,
  Setting,
  stripPadding,
  writeFrameHeader,
  writeU32,
} from '../../../bench/http2/frame.ts';
import { FrameReader } from '../../../bench/http2/frame-reader.ts';
import { HeaderBlocks } from '../../../bench/http2/header-blocks.ts';

/**
 * Lets Node's server answer one request after the other with `answers`; returns the blocks that
 * carried them. `headerTableSize` is what the client allows.
 */
export async function tapHeaderBlocks(
  answers: readonly OutgoingHttpHeaders[],
  headerTableSize: number,
): Promise<Uint8Array[]> {
  const server = createServer();
  let next = 0;
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond(answers[next++], { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const settings = new Uint8Array(6);
  settings[1] = Setting.HEADER_TABLE_SIZE;
  writeU32(settings, 2, headerTableSize);
  socket.write(PREFACE);
  socket.write(frame(FrameType.SETTINGS, 0, 0, settings));
  const requests = new HeaderBlocks('localhost');
  const flags = FrameFlag.END_HEADERS | FrameFlag.END_STREAM;
  const ask = (index: number): boolean =>
    socket.write(frame(FrameType.HEADERS, flags, 2 * index + 1, requests.of('/a')));

  const blocks: Uint8Array[] = [];
  const parts: number[] = [];
  await new Promise<void>((resolve, reject) => {
    const reader = new FrameReader((found) => {
      if (found.type !== FrameType.HEADERS && found.type !== FrameType.CONTINUATION) return;
      stripPadding(found);
      parts.push(...found.bytes.subarray(found.start, found.end));
      if ((found.flags & FrameFlag.END_HEADERS) === 0) return;
      blocks.push(Uint8Array.from(parts.splice(0)));
      if (blocks.length === answers.length) resolve();
      else ask(blocks.length);
    });
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', reject);
    ask(0);
  });
  socket.destroy();
  server.close();
  return blocks;
}

/**
 * Sends Node's server one request after the other whose header blocks are `blocks`; returns what
 * it read, pairs of name and value. Pseudo-headers must be complete.
 */
export async function headersReadByNode(
  blocks: readonly Uint8Array[],
): Promise<(readonly [string, string])[][]> {
  const server = createServer();
  const lists: (readonly [string, string])[][] = [];
  const done = new Promise<void>((resolve, reject) => {
    server.on('sessionError', reject);
    server.on(
      'stream',
      (stream: ServerHttp2Stream, _headers: object, _flags: number, raw: string[]) => {
        stream.on('error', reject);
        lists.push(
          raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : [])),
        );
        if (lists.length === blocks.length) resolve();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(PREFACE);
  socket.write(frame(FrameType.SETTINGS, 0, 0, new Uint8Array(0)));
  const flags = FrameFlag.END_HEADERS | FrameFlag.END_STREAM;
  for (const [index, block] of blocks.entries()) {
    socket.write(frame(FrameType.HEADERS, flags, 2 * index + 1, block));
  }
  await done;
  socket.destroy();
  server.close();
  return lists;
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(bytes, 0, { length: payload.length, type, flags, streamId });
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}
