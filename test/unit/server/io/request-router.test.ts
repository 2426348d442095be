import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import type { Http2Stream, StreamUser } from '../../../../src/http2/index.ts';
import { RequestRouter, type RequestTargets } from '../../../../src/server/io/request-router.ts';
import { FakeAnswerStream } from '../../../support/server/fake-answer-stream.ts';

const NOBODY: StreamUser = {
  onData: () => undefined,
  onEnd: () => undefined,
  onCancel: () => undefined,
  onDrain: () => undefined,
};

/** Who gets a request of this content type: `grpc`, or the status that HTTP gives. */
async function takerOf(
  offered: readonly ('grpc' | 'http')[],
  contentType: string | undefined,
): Promise<string> {
  let taker = '';
  const grpc = {
    accept: () => {
      taker = 'grpc';
      return NOBODY;
    },
  };
  const http = createServer((_request, response) => response.writeHead(418).end());
  const targets: RequestTargets = {
    ...(offered.includes('grpc') ? { grpc } : {}),
    ...(offered.includes('http') ? { http } : {}),
  };
  const origin = { peer: 'a:1', clientCommonName: undefined, isTls: false };
  const router = new RequestRouter(targets, origin);
  const stream = new FakeAnswerStream();
  const fields = contentType === undefined ? [] : [{ name: 'content-type', value: contentType }];
  const head = { method: 'POST', scheme: 'http', authority: 'a', path: '/', fields };
  router.accept(stream as unknown as Http2Stream, head, true).onEnd();
  if (taker === '') await stream.ended();
  return taker === '' ? (stream.status ?? '') : taker;
}

describe('RequestRouter', () => {
  for (const [contentType, taker] of [
    ['application/grpc', 'grpc'],
    ['application/grpc+proto', 'grpc'],
    ['application/json', '418'],
    [undefined, '418'],
  ] as const) {
    it(`content-type ${contentType}: ${taker}; alone, gRPC and HTTP get all`, async () => {
      assert.equal(await takerOf(['grpc', 'http'], contentType), taker);
      assert.equal(await takerOf(['grpc'], contentType), 'grpc');
      assert.equal(await takerOf(['http'], contentType), '418');
    });
  }
});
