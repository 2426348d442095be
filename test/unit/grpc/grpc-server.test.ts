/** Which requests become calls, and what the others are told: as real etcd 3.6.14 answers raw frames. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, EMPTY_BYTES } from '../../../src/base/bytes.ts';
import type { BidiCall, ServiceMethod, ServiceTable, UnaryCall } from '../../../src/grpc/index.ts';
import { framedMessage } from '../../../src/grpc/message-prefix.ts';
import { nodeGzip } from '../../../src/server/io/node-gzip.ts';
import { type FakeRequest, FakeServer, MESSAGE_BYTES_MAX } from '../../support/grpc/fake-server.ts';

const TEXT = new TextEncoder().encode('text');
const BODY = framedMessage(0, TEXT);

/** Every kind of method answers what it was sent. */
const ECHO: ServiceTable = new Map([
  ['/t.T/M', { kind: 'unary', handler: (call, request) => call.reply(request) }],
  [
    '/t.T/S',
    {
      kind: 'server-stream',
      handler: (call, request) => {
        call.send(request);
        call.end();
      },
    },
  ],
  [
    '/t.T/B',
    {
      kind: 'bidi',
      handler: (call) => {
        call.onMessage((message) => call.send(message));
        call.onHalfClose(() => call.end());
      },
    },
  ],
]);

function answerTo(request: FakeRequest, body: Uint8Array = BODY): string {
  const stream = new FakeServer(ECHO).call(body, request);
  assert.equal(stream.events.at(-1), 'end');
  const first = stream.headers ?? stream.trailers;
  return `${first?.[':status']} ${first?.['content-type']} ${stream.status}`;
}

const withField = (name: string, ...values: string[]): FakeRequest => ({
  fields: values.map((value) => [name, value] as const),
});

/** A frame whose prefix says `length`, with no message. */
function lyingPrefix(length: number, flag = 0): Uint8Array {
  const prefix = framedMessage(0, EMPTY_BYTES);
  new DataView(prefix.buffer).setUint32(1, length);
  prefix[0] = flag;
  return prefix;
}

describe('answers', () => {
  it('with a message: headers, message, trailers', () => {
    const stream = new FakeServer(ECHO).call(BODY);
    assert.deepEqual(stream.events, ['headers', 'message', 'end']);
    assert.deepEqual(Object.entries(stream.headers ?? {}), [
      [':status', '200'],
      ['content-type', 'application/grpc'],
    ]);
    assert.deepEqual(stream.messages, [BODY]);
    assert.deepEqual(Object.entries(stream.trailers ?? {}), [
      ['grpc-status', '0'],
      ['grpc-message', ''],
    ]);
  });

  it('without a message: one block', () => {
    const stream = new FakeServer(ECHO).call(EMPTY_BYTES, { path: '/t.T/B' });
    assert.deepEqual(stream.events, ['end']);
    assert.deepEqual(Object.entries(stream.trailers ?? {}), [
      [':status', '200'],
      ['content-type', 'application/grpc'],
      ['grpc-status', '0'],
      ['grpc-message', ''],
    ]);
  });

  it('a failure: one block, or trailers behind what was sent', () => {
    const fail = (call: BidiCall | UnaryCall): void =>
      call.fail({ code: 'NotFound', message: '100 % gone' });
    const server = new FakeServer(
      new Map<string, ServiceMethod>([
        ['/t.T/M', { kind: 'unary', handler: fail }],
        [
          '/t.T/B',
          {
            kind: 'bidi',
            handler: (call) => {
              call.send(TEXT);
              fail(call);
            },
          },
        ],
      ]),
    );
    assert.deepEqual(Object.entries(server.call(BODY).trailers ?? {}), [
      [':status', '200'],
      ['content-type', 'application/grpc'],
      ['grpc-status', '5'],
      ['grpc-message', '100 %25 gone'],
    ]);
    const { stream } = server.begin({ path: '/t.T/B' });
    assert.deepEqual(stream.events, ['headers', 'message', 'end']);
    assert.deepEqual(Object.keys(stream.trailers ?? {}), ['grpc-status', 'grpc-message']);
  });
});

describe('methods', () => {
  it('unknown or malformed -> Unimplemented, in the words of grpc-go', () => {
    const texts: readonly (readonly [string, string])[] = [
      ['/t.T/Nothing', 'unknown method Nothing for service t.T'],
      ['/t.T/', 'unknown method  for service t.T'],
      ['/t.N/M', 'unknown service t.N'],
      ['/a/b/c', 'unknown service a/b'],
      ['//', 'unknown service '],
      ['/nothing', 'malformed method name: "/nothing"'],
      ['t.T/M', 'malformed method name: "t.T/M"'],
      ['/', 'malformed method name: "/"'],
      ['', 'malformed method name: ""'],
      ['/s\xff/\xc3\xa9"', 'unknown service s%EF%BF%BD'],
    ];
    for (const [path, text] of texts) {
      assert.equal(answerTo({ path }), `200 application/grpc 12 ${text}`, path);
    }
  });
});

describe('request headers', () => {
  it('content type -> the answer has it, behind a +', () => {
    const types: readonly (readonly [string, string])[] = [
      ['application/grpc', 'application/grpc'],
      ['application/grpc+proto', 'application/grpc+proto'],
      ['application/grpc;charset=utf-8', 'application/grpc+charset=utf-8'],
      ['application/grpc+json', 'application/grpc+json'],
      ['application/grpc+', 'application/grpc'],
      ['application/grpc;', 'application/grpc'],
    ];
    for (const [type, answered] of types) {
      assert.equal(answerTo(withField('content-type', type)), `200 ${answered} 0 `, type);
    }
    const both = ['application/grpc+a', 'text/x', 'application/grpc+b'];
    assert.equal(answerTo(withField('content-type', ...both)), '200 application/grpc+b 0 ');
  });

  it('another content type, or none -> 415', () => {
    const refused = (type: string): string =>
      `415 application/grpc 3 invalid gRPC request content-type ${type}`;
    for (const type of ['application/grpcx', 'Application/grpc', 'application/json', '']) {
      assert.equal(answerTo(withField('content-type', type)), refused(`"${type}"`));
    }
    assert.equal(answerTo(withField('content-type', 'text/\xe9"')), refused('"text/\\xe9\\""'));
  });

  it('another method than POST -> 405', () => {
    for (const method of ['GET', 'post', '']) {
      const text = `Received a HEADERS frame with :method "${method}" which should be POST`;
      assert.equal(answerTo({ method }), `405 application/grpc 13 ${text}`);
    }
  });

  it('a malformed timeout -> 400; none left -> DeadlineExceeded', () => {
    const bad = 'malformed grpc-timeout: transport: timeout string is too short: "x"';
    for (const values of [['x'], ['1H', 'x'], ['x', '1H']]) {
      assert.equal(
        answerTo(withField('grpc-timeout', ...values)),
        `400 application/grpc 13 ${bad}`,
      );
    }
    for (const value of ['0S', '1n', '1u']) {
      const text = 'context deadline exceeded';
      assert.equal(answerTo(withField('grpc-timeout', value)), `200 application/grpc 4 ${text}`);
    }
  });

  it('binary metadata that is no base64 -> 400', () => {
    assert.equal(answerTo(withField('x-bin', 'YWJj')), '200 application/grpc 0 ');
    assert.equal(
      answerTo(withField('x-bin', 'Y\xc3\xa9b"')),
      '400 application/grpc 13 malformed binary metadata "Y%C3%A9b\\"" in header "x-bin": ' +
        'illegal base64 data at input byte 1',
    );
  });

  it('host twice -> 400', () => {
    const text = (authorities: number): string =>
      `400 application/grpc 13 num values of :authority: ${authorities}, num values of host: 2, ` +
      'both must only have 1 value as per HTTP/2 spec';
    assert.equal(answerTo(withField('host', 'a', 'b')), text(1));
    assert.equal(answerTo({ ...withField('host', 'a', 'b'), authority: '' }), text(0));
    assert.equal(answerTo(withField('host', 'a')), '200 application/grpc 0 ');
  });

  it('several mistakes -> host, content type, the last malformed field, method, in this order', () => {
    const fields: [string, string][] = [
      ['x-bin', '!'],
      ['grpc-timeout', 'x'],
    ];
    const code = (request: FakeRequest): string =>
      answerTo({ path: '/x', method: 'GET', ...request });
    assert.match(
      code({ fields: [...fields, ['content-type', 'a'], ['host', 'a'], ['host', 'b']] }),
      /^400 .* num values/,
    );
    assert.match(code({ fields: [...fields, ['content-type', 'a']] }), /^415 /);
    assert.match(code({ fields }), /^400 .* grpc-timeout/);
    assert.match(code({ fields: fields.reverse() }), /^400 .* binary metadata/);
    assert.match(code({ fields: [['grpc-timeout', '0S']] }), /^405 /);
    assert.match(answerTo({ path: '/x', fields: [['grpc-timeout', '0S']] }), /^200 .* 4 /);
    assert.match(answerTo({ path: '/x', fields: [['grpc-encoding', 'zip']] }), /malformed method/);
  });

  it('metadata: the first value of a name; none of binary ones', () => {
    const server = new FakeServer(
      new Map([
        [
          '/t.T/M',
          {
            kind: 'unary',
            handler: (call) => {
              const names = ['token', 'x-bin', 'none'];
              const values = names.map((name) => call.metadata(name) ?? null);
              call.reply(
                Buffer.from(JSON.stringify([...values, call.peer, call.clientCommonName])),
              );
            },
          },
        ],
      ]),
    );
    const stream = server.call(BODY, {
      fields: [
        ['token', 'a\xff'],
        ['token', 'b'],
        ['x-bin', 'YWJj'],
      ],
    });
    const answer: unknown = JSON.parse(Buffer.from(stream.body.subarray(5)).toString());
    assert.deepEqual(answer, ['a\xff', null, null, '192.0.2.1:7', 'root']);
  });
});

describe('compression', () => {
  const gzip = withField('grpc-encoding', 'gzip');

  it('gzip -> answers are compressed, too, empty ones aside', () => {
    for (const path of ['/t.T/M', '/t.T/S', '/t.T/B']) {
      for (const body of [framedMessage(1, nodeGzip.compress(TEXT)), BODY]) {
        const stream = new FakeServer(ECHO).call(body, { path, ...gzip });
        assert.deepEqual(Object.entries(stream.headers ?? {}).at(-1), ['grpc-encoding', 'gzip']);
        assert.deepEqual(stream.messages, [framedMessage(1, nodeGzip.compress(TEXT))]);
      }
    }
    const empty = new FakeServer(ECHO).call(lyingPrefix(0), gzip);
    assert.deepEqual(empty.messages, [lyingPrefix(0)]);
    assert.equal(empty.headers?.['grpc-encoding'], 'gzip');
  });

  it('what inflates beyond the limit -> ResourceExhausted', () => {
    const bomb = (bytes: number): Uint8Array =>
      framedMessage(1, nodeGzip.compress(new Uint8Array(bytes)));
    const text = `grpc: received message after decompression larger than max ${MESSAGE_BYTES_MAX}`;
    assert.equal(answerTo(gzip, bomb(MESSAGE_BYTES_MAX + 1)), `200 application/grpc 8 ${text}`);
    assert.equal(answerTo(gzip, bomb(MESSAGE_BYTES_MAX)), '200 application/grpc 0 ');
  });

  it('no gzip -> Internal', () => {
    const text = 'grpc: failed to read decompressed data: gzip: invalid header';
    assert.equal(answerTo(gzip, framedMessage(1, TEXT)), `200 application/grpc 13 ${text}`);
  });

  it('a compressed message without an encoding -> Internal', () => {
    const text = 'grpc: compressed flag set with identity or empty encoding';
    for (const request of [
      {},
      withField('grpc-encoding', 'identity'),
      withField('grpc-encoding', ''),
    ]) {
      assert.equal(
        answerTo(request, framedMessage(1, nodeGzip.compress(TEXT))),
        `200 application/grpc 13 ${text}`,
      );
      assert.equal(answerTo(request), '200 application/grpc 0 ');
    }
  });

  it('another encoding -> Unimplemented, whatever the message', () => {
    for (const path of ['/t.T/M', '/t.T/S', '/t.T/B']) {
      const text = 'grpc: Decompressor is not installed for grpc-encoding "snappy"';
      const request = { path, ...withField('grpc-encoding', 'gzip', 'snappy') };
      assert.equal(answerTo(request), `200 application/grpc 12 ${text}`);
    }
  });

  it('any other flag -> Internal', () => {
    for (const flag of [2, 3, 128, 255]) {
      const body = concatBytes([lyingPrefix(TEXT.length, flag), TEXT]);
      const text = `grpc: received unexpected payload format ${flag}`;
      for (const path of ['/t.T/M', '/t.T/S', '/t.T/B']) {
        assert.equal(answerTo({ path }, body), `200 application/grpc 13 ${text}`);
      }
    }
  });
});

describe('message size', () => {
  it('a prefix beyond the limit -> ResourceExhausted before the message comes', () => {
    for (const length of [MESSAGE_BYTES_MAX + 1, 2 ** 32 - 1]) {
      for (const path of ['/t.T/M', '/t.T/S', '/t.T/B']) {
        const { stream, user } = new FakeServer(ECHO).begin({ path });
        user.onData(lyingPrefix(length, 7));
        const text = `grpc: received message larger than max (${length} vs. ${MESSAGE_BYTES_MAX})`;
        assert.equal(stream.status, `8 ${text}`);
        assert.deepEqual(stream.expected, []);
      }
    }
  });

  it('a message as large as the limit -> the client may send it whole as soon as its length is known (GRPC-I5)', () => {
    const message = new Uint8Array(MESSAGE_BYTES_MAX).fill(1);
    const body = framedMessage(0, message);
    for (const path of ['/t.T/M', '/t.T/S', '/t.T/B']) {
      const { stream, user } = new FakeServer(ECHO).begin({ path });
      user.onData(body.subarray(0, 3));
      assert.deepEqual(stream.expected, []);
      user.onData(body.subarray(3, 10));
      user.onData(body.subarray(10, 20_000));
      assert.deepEqual(stream.expected, [MESSAGE_BYTES_MAX - 5]);
      user.onData(body.subarray(20_000));
      user.onEnd();
      assert.equal(stream.status, '0 ');
      assert.deepEqual(stream.messages, [body]);
    }
  });
});

describe('how many messages', () => {
  const TWICE = concatBytes([BODY, BODY]);
  const answer = (path: string, body: Uint8Array): string =>
    answerTo({ path }, body).replace('200 application/grpc ', '');

  it('unary: none or half a prefix -> EOF; a cut one -> unexpected EOF', () => {
    assert.equal(answer('/t.T/M', EMPTY_BYTES), '2 EOF');
    assert.equal(answer('/t.T/M', BODY.subarray(0, 3)), '2 EOF');
    assert.equal(answer('/t.T/M', BODY.subarray(0, 5)), '2 unexpected EOF');
    assert.equal(answer('/t.T/M', BODY.subarray(0, 7)), '2 unexpected EOF');
  });

  it('unary: the first counts, and is served before the body ends', () => {
    const server = new FakeServer(ECHO);
    const { stream, user } = server.begin();
    user.onData(concatBytes([TWICE, Uint8Array.of(9, 9)]));
    assert.deepEqual(stream.messages, [BODY]);
    assert.equal(stream.status, '0 ');
    user.onData(lyingPrefix(2 ** 32 - 1));
    user.onEnd();
    assert.deepEqual(stream.events, ['headers', 'message', 'end']);
  });

  it('server stream: exactly one, and then the end', () => {
    const violation = 'cardinality violation: received';
    const kind = 'for non-client-streaming RPC';
    assert.equal(answer('/t.T/S', BODY), '0 ');
    assert.equal(answer('/t.T/S', concatBytes([BODY, Uint8Array.of(1)])), '0 ');
    const none = `13 ${violation} no request message from non-client-streaming RPC`;
    assert.equal(answer('/t.T/S', EMPTY_BYTES), none);
    assert.equal(answer('/t.T/S', BODY.subarray(0, 3)), none);
    assert.equal(answer('/t.T/S', TWICE), `13 ${violation} multiple request messages ${kind}`);
    assert.equal(answer('/t.T/S', BODY.subarray(0, 7)), '13 unexpected EOF');
    const { stream, user } = new FakeServer(ECHO).begin({ path: '/t.T/S' });
    user.onData(BODY);
    assert.deepEqual(stream.events, []);
    user.onEnd();
    assert.deepEqual(stream.events, ['headers', 'message', 'end']);
  });

  it('bidi: any number; half a prefix is nothing, a cut one is unexpected', () => {
    assert.equal(answer('/t.T/B', EMPTY_BYTES), '0 ');
    assert.equal(answer('/t.T/B', TWICE), '0 ');
    assert.equal(answer('/t.T/B', BODY.subarray(0, 3)), '0 ');
    assert.equal(answer('/t.T/B', concatBytes([BODY, BODY.subarray(0, 7)])), '13 unexpected EOF');
  });
});
