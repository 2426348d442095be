import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { answerBytesMax, posted } from '../../../../../src/server/peer/dial/answer.ts';

async function post(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  asked.end('x');
  try {
    await posted(asked);
  } finally {
    asked.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe('answers to posts', () => {
  it('204 -> taken', async () => {
    await post((_, response) => response.writeHead(204).end());
  });

  for (const [status, text, message] of [
    [412, 'cluster ID mismatch\n', 'cluster ID mismatch'],
    [412, 'incompatible version\n', 'incompatible version'],
    [412, 'what\n', 'unhandled error "what\\n" when precondition failed'],
    [403, '', 'unexpected http status Forbidden'],
    [500, 'error processing raft message\n', 'unexpected http status Internal Server Error'],
    [200, '', 'unexpected http status OK'],
  ] as const) {
    it(`${status} ${text.trim()} -> PEER_REFUSED`, async () => {
      const answered = post((_, response) => response.writeHead(status).end(text));
      await assert.rejects(answered, { code: 'PEER_REFUSED', message });
    });
  }

  it('no answer, half an answer -> rejects', async () => {
    await assert.rejects(post((asked) => asked.socket.destroy()));
    await assert.rejects(
      post((asked, response) => {
        response.writeHead(500, { 'Content-Length': 100 });
        response.write('half', () => asked.socket.destroy());
      }),
    );
  });

  it('more than answerBytesMax -> PEER_TOO_LARGE', async () => {
    const answered = post((_, response) => {
      response.writeHead(500).end(Buffer.alloc(answerBytesMax + 1));
    });
    await assert.rejects(answered, { code: 'PEER_TOO_LARGE' });
  });
});
