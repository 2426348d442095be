import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { bodyOf } from '../../../../../src/server/peer/serve/chunked-body.ts';

const PIECES = [1, 15, 16, 4096, 64 * 1024, 64 * 1024 + 1, 300_000, 7].map((length, nth) =>
  new Uint8Array(length).fill(65 + nth),
);

/** What somebody who asks for `version` reads until the end, with a head that says no date. */
async function served(
  version: '1.0' | '1.1',
  answer: (response: ServerResponse) => void,
): Promise<Buffer> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(200);
    response.flushHeaders();
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`GET / HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const read: Buffer[] = [];
  socket.on('data', (bytes) => read.push(bytes));
  await once(socket, 'end');
  socket.destroy();
  server.close();
  return Buffer.concat(read);
}

describe('body of an answer without end (PEER-I1)', () => {
  for (const version of ['1.1', '1.0'] as const) {
    it(`pieces of all lengths, HTTP/${version} -> the bytes that Node would write`, async () => {
      const expected = await served(version, (response) => {
        for (const piece of PIECES) response.write(piece);
        response.end();
      });
      const written = await served(version, (response) => {
        const body = bodyOf(response);
        for (const piece of PIECES) body.write(piece);
        body.end();
      });
      assert.ok(written.equals(expected));
    });
  }

  it('a reader that takes nothing for a while -> `drain` when there is room again', async () => {
    let drained = 0;
    const piece = PIECES[4] as Uint8Array;
    const read = await served('1.1', (response) => {
      const body = bodyOf(response);
      let left = 100;
      const writeOn = (): void => {
        while (left > 0) {
          left--;
          if (!body.write(piece)) return;
        }
        body.end();
      };
      body.on('drain', () => {
        drained++;
        writeOn();
      });
      writeOn();
    });
    assert.ok(drained > 0);
    assert.ok(read.length > 100 * piece.length);
  });

  it('written to after its end -> an error as Node has it, not another piece', async () => {
    const codes: unknown[] = [];
    const read = await served('1.1', (response) => {
      const body = bodyOf(response);
      body.on('error', (error) => codes.push((error as NodeJS.ErrnoException).code));
      body.end();
      body.write(Uint8Array.of(1));
    });
    assert.ok(read.toString('latin1').endsWith('\r\n\r\n0\r\n\r\n'));
    assert.deepEqual(codes, ['ERR_STREAM_WRITE_AFTER_END']);
  });
});
