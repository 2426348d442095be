/** Calls in their turns: who ends them, what is told, what the client may send meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, EMPTY_BYTES } from '../../../src/base/bytes.ts';
import {
  type BidiCall,
  type Call,
  SEND_BUFFER_BYTES_MAX,
  type ServerStreamCall,
  type ServiceMethod,
  StatusCode,
  type StatusCodeName,
} from '../../../src/grpc/index.ts';
import { framedMessage } from '../../../src/grpc/message-prefix.ts';
import { ErrorCode, SEND_BUFFER_BYTES } from '../../../src/http2/index.ts';
import { type FakeCall, FakeServer } from '../../support/grpc/fake-server.ts';

const TEXT = new TextEncoder().encode('text');
const BODY = framedMessage(0, TEXT);
const GONE = { code: 'Unavailable', message: 'gone' } as const;
const TIMED_OUT = '4 context deadline exceeded';

type AnyCall = Call & Partial<BidiCall & ServerStreamCall>;

interface Started extends FakeCall {
  readonly server: FakeServer;
  readonly call: AnyCall;
  /** What the call told its handler. */
  readonly events: string[];
}

/** A call of each kind that has reached its handler, which does nothing. */
function started(kind: ServiceMethod['kind'], fields: readonly [string, string][] = []): Started {
  const events: string[] = [];
  const calls: AnyCall[] = [];
  const note = (call: AnyCall): void => {
    calls.push(call);
    call.onCancel(() => events.push('cancelled'));
    call.onEnd(() => events.push('ended'));
    call.onDrain?.(() => events.push('drained'));
    call.onHalfClose?.(() => events.push('half-closed'));
  };
  const server = new FakeServer(new Map([['/t.T/M', { kind, handler: note }]]));
  const begun = server.begin({ fields });
  if (kind !== 'bidi') begun.user.onData(BODY);
  if (kind === 'server-stream') begun.user.onEnd();
  return { ...begun, server, events, call: calls[0] as AnyCall };
}

const KINDS = ['unary', 'server-stream', 'bidi'] as const;

/** What was counted of the one method: as what its calls ended. */
function endedAs({ counters }: FakeServer): string[] {
  const { ended } = counters.of('/t.T/M');
  return Object.keys(StatusCode).filter(
    (name) => (ended[StatusCode[name as StatusCodeName]] ?? 0) > 0,
  );
}

describe('GRPC-I1: a call ends once', () => {
  for (const kind of KINDS) {
    it(`${kind}: failed -> ended; nothing after that counts`, () => {
      const { stream, user, server, call, events } = started(kind);
      call.fail(GONE);
      call.fail({ code: 'Internal', message: 'late' });
      call.abort({ code: 'Internal', message: 'late' });
      call.end?.();
      call.send?.(TEXT);
      user.onCancel();
      server.time.pass(60_000);
      assert.deepEqual(stream.events, ['end']);
      assert.deepEqual([stream.status, events, call.cancelled], ['14 gone', ['ended'], false]);
      assert.deepEqual(endedAs(server), ['Unavailable']);
    });

    it(`${kind}: aborted -> the client gets the failure, the handler a cancellation`, () => {
      const { stream, call, events } = started(kind);
      call.abort(GONE);
      assert.deepEqual(
        [stream.status, events, call.cancelled],
        ['14 gone', ['ended', 'cancelled'], true],
      );
    });

    it(`${kind}: the client goes -> cancelled, and nothing is sent`, () => {
      const { stream, user, server, call, events } = started(kind);
      user.onCancel();
      call.fail(GONE);
      assert.equal(call.send?.(new Uint8Array(SEND_BUFFER_BYTES_MAX)) ?? true, true);
      assert.deepEqual([stream.events, events, call.cancelled], [[], ['ended', 'cancelled'], true]);
      assert.deepEqual(endedAs(server), ['Canceled']);
      call.onCancel(() => events.push('asked late'));
      call.onEnd(() => events.push('asked late'));
      assert.equal(events.filter((event) => event === 'asked late').length, 2);
    });

    it(`${kind}: the time is up -> DeadlineExceeded, not before and at most 8 ms late`, () => {
      const { stream, server, call, events } = started(kind, [['grpc-timeout', '50m']]);
      assert.equal(call.timeoutMs, 50);
      server.time.pass(49);
      assert.deepEqual([stream.events, call.timeoutMs], [[], 1]);
      server.time.pass(9);
      assert.deepEqual([stream.status, events], [TIMED_OUT, ['ended', 'cancelled']]);
      assert.deepEqual([call.timeoutMs, call.cancelled], [0, true]);
      assert.deepEqual(endedAs(server), ['DeadlineExceeded']);
    });
  }

  it('a call without a timeout has none', () => {
    const { server, call } = started('unary');
    assert.deepEqual([call.timeoutMs, server.time.timers.size], [undefined, 0]);
  });

  it('the time is up before the request is complete -> DeadlineExceeded, counted as no call', () => {
    const server = new FakeServer(new Map([['/t.T/M', { kind: 'unary', handler: assert.fail }]]));
    const { stream, user } = server.begin({ fields: [['grpc-timeout', '1S']] });
    user.onData(BODY.subarray(0, 6));
    server.time.pass(1008);
    user.onData(BODY.subarray(6));
    user.onEnd();
    assert.deepEqual([stream.events, stream.status], [['end'], TIMED_OUT]);
    assert.deepEqual([server.counters.of('/t.T/M').started, endedAs(server)], [0, []]);
  });

  it('the time is up while the client does not read -> the stream is reset', () => {
    const { stream, server, call } = started('bidi', [['grpc-timeout', '1S']]);
    stream.hasRoom = false;
    call.send?.(TEXT);
    server.time.pass(1008);
    assert.deepEqual(
      [stream.events, stream.resetCode],
      [['headers', 'message', 'reset'], ErrorCode.CANCEL],
    );
  });

  it('closed server -> no timer is left, and none is made', () => {
    const { server } = started('unary', [['grpc-timeout', '1S']]);
    server.server.close();
    server.begin({ fields: [['grpc-timeout', '1m']] });
    assert.equal(server.time.timers.size, 0);
  });
});

describe('GRPC-I2: exceptions', () => {
  const bug = new TypeError('secret');
  const fail = (): never => {
    throw bug;
  };
  const INTERNAL = '13 internal server error';

  for (const kind of KINDS) {
    it(`${kind}: in the handler -> Internal without its text, reported once`, () => {
      const server = new FakeServer(new Map([['/t.T/M', { kind, handler: fail }]]));
      const stream = server.call(BODY);
      assert.deepEqual([stream.events, stream.status], [['end'], INTERNAL]);
      assert.deepEqual(server.escaped, [{ error: bug, path: '/t.T/M' }]);
      assert.deepEqual(endedAs(server), ['Internal']);
    });

    it(`${kind}: in onEnd and onCancel -> reported; the client is answered all the same`, () => {
      const { stream, server, call } = started(kind);
      call.onEnd(fail);
      call.onCancel(fail);
      call.abort(GONE);
      assert.deepEqual([stream.events, stream.status], [['end'], '14 gone']);
      assert.equal(server.escaped.length, 2);
    });
  }

  it('in the listeners of a stream -> Internal; no more messages', () => {
    for (const [listen, cause] of [
      ['onMessage', (user) => user.onData(concatBytes([BODY, BODY]))],
      ['onHalfClose', (user) => user.onEnd()],
      ['onDrain', (user) => user.onDrain()],
    ] as const satisfies readonly (readonly [keyof BidiCall, (user: FakeCall['user']) => void])[]) {
      const { stream, user, server, call } = started('bidi');
      stream.hasRoom = false;
      if (listen === 'onDrain') call.send?.(TEXT);
      call[listen]?.(fail);
      cause(user);
      user.onData(BODY);
      assert.deepEqual([stream.status, server.escaped.length], [INTERNAL, 1], listen);
    }
  });
});

describe('GRPC-I3: sending', () => {
  it('the bound is that of the stream', () => {
    assert.equal(SEND_BUFFER_BYTES_MAX, SEND_BUFFER_BYTES);
  });

  it('a client that does not read -> send is false; onDrain once for each time it was', () => {
    const { stream, user, call, events } = started('server-stream');
    assert.equal(call.send?.(TEXT), true);
    user.onDrain();
    assert.deepEqual(events, []);
    stream.hasRoom = false;
    assert.deepEqual([call.send?.(TEXT), call.send?.(TEXT)], [false, false]);
    stream.hasRoom = true;
    user.onDrain();
    user.onDrain();
    assert.deepEqual(events, ['drained']);
    call.end?.();
    assert.deepEqual(stream.body, concatBytes([BODY, BODY, BODY]));
    assert.equal(stream.status, '0 ');
  });

  it('a message in pieces -> on the wire as in one; false when the client does not read', () => {
    const { stream, server, call } = started('server-stream');
    const pieces = [TEXT.subarray(0, 1), EMPTY_BYTES, TEXT.subarray(1)];
    assert.equal(call.sendPieces?.(pieces), true);
    stream.hasRoom = false;
    assert.equal(call.sendPieces?.(pieces), false);
    call.end?.();
    assert.equal(call.sendPieces?.(pieces), true);
    assert.deepEqual(stream.body, concatBytes([BODY, BODY]));
    assert.equal(stream.events.filter((event) => event === 'headers').length, 1);
    assert.equal(server.counters.sentBytes, 2 * TEXT.length);
  });

  it('a message in pieces for a client that takes gzip -> compressed as a whole', () => {
    const { stream, call } = started('server-stream', [['grpc-encoding', 'gzip']]);
    call.sendPieces?.([TEXT.subarray(0, 1), TEXT.subarray(1)]);
    const whole = started('server-stream', [['grpc-encoding', 'gzip']]);
    whole.call.send?.(TEXT);
    assert.equal(stream.body[0], 1);
    assert.deepEqual(stream.body, whole.stream.body);
  });

  it('room after the end -> nobody is told', () => {
    const { stream, user, call, events } = started('bidi');
    stream.hasRoom = false;
    call.send?.(TEXT);
    call.end?.();
    user.onDrain();
    assert.deepEqual(events, ['ended']);
  });
});

describe('GRPC-I5: receiving', () => {
  const message = (size: number): Uint8Array => framedMessage(0, new Uint8Array(size).fill(size));

  function listening(): Started & { readonly got: number[] } {
    const begun = started('bidi');
    const got: number[] = [];
    begun.call.onMessage?.((bytes) => got.push(bytes.length));
    return { ...begun, got };
  }

  it('what the handler has got is given back to the client, and no more', () => {
    const { stream, user, got } = listening();
    user.onData(concatBytes([message(1), message(2), message(3).subarray(0, 7)]));
    assert.deepEqual([got, stream.credited], [[1, 2], 13]);
    assert.deepEqual(stream.expected, [1]);
    user.onData(message(3).subarray(7));
    assert.deepEqual([got, stream.credited], [[1, 2, 3], 21]);
  });

  it('a message that waits for the end of its body pins nothing of what came with it', () => {
    const got: Uint8Array[] = [];
    const handler = (_call: Call, bytes: Uint8Array): void => void got.push(bytes);
    const server = new FakeServer(new Map([['/t.T/M', { kind: 'server-stream', handler }]]));
    const { user } = server.begin({ fields: [] });
    const chunk = new Uint8Array(65_536);
    chunk.set(message(3), 100);
    user.onData(chunk.subarray(100, 100 + message(3).length));
    user.onEnd();
    assert.deepEqual(got, [new Uint8Array(3).fill(3)]);
    assert.equal(got[0]?.buffer.byteLength, 3);
  });

  it('paused -> nothing is delivered or given back; resume delivers all, in order', () => {
    const { stream, user, call, got, events } = listening();
    call.pause?.();
    user.onData(concatBytes([message(1), message(2)]));
    user.onData(message(3).subarray(0, 6));
    user.onData(message(3).subarray(6));
    user.onEnd();
    assert.deepEqual([got, stream.credited, stream.expected], [[], 0, []]);
    call.resume?.();
    assert.deepEqual([got, stream.credited, events], [[1, 2, 3], 21, ['half-closed']]);
  });

  it('paused and resumed by the listener itself -> each message once, in order', () => {
    const { user, call, stream } = started('bidi');
    const got: number[] = [];
    call.onMessage?.((bytes) => {
      got.push(bytes.length);
      call.pause?.();
      if (bytes.length % 2 === 0) call.resume?.();
    });
    user.onData(concatBytes([message(2), message(4), message(5), message(6), message(8)]));
    assert.deepEqual([got, stream.credited], [[2, 4, 5], 26]);
    call.resume?.();
    assert.deepEqual(got, [2, 4, 5, 6, 8]);
  });

  it("messages are the listener's to keep", () => {
    const { user, call } = started('bidi');
    const got: Uint8Array[] = [];
    call.onMessage?.((bytes) => got.push(bytes));
    const body = Uint8Array.from(concatBytes([BODY, BODY]));
    user.onData(body);
    body.fill(0);
    assert.deepEqual(got, [TEXT, TEXT]);
    assert.ok(got.every((bytes) => bytes.buffer.byteLength === bytes.length));
  });

  it('half-closed -> told once, and the server goes on', () => {
    const { stream, user, call, events } = listening();
    user.onEnd();
    call.resume?.();
    assert.deepEqual(events, ['half-closed']);
    call.send?.(TEXT);
    assert.deepEqual(stream.events, ['headers', 'message']);
  });

  it('messages behind the end of the call are not delivered', () => {
    const { user, call, got } = listening();
    call.onMessage?.(() => {
      got.push(0);
      call.end?.();
    });
    user.onData(concatBytes([BODY, BODY]));
    user.onData(BODY);
    user.onEnd();
    assert.deepEqual(got, [0]);
  });
});

describe('GRPC-I4: counters', () => {
  it('messages and their bytes, as the handler has them', () => {
    const server = new FakeServer(
      new Map<string, ServiceMethod>([
        ['/t.T/M', { kind: 'unary', handler: (call) => call.reply(EMPTY_BYTES) }],
        [
          '/t.T/B',
          {
            kind: 'bidi',
            handler: (call) => {
              call.onMessage((bytes) => call.send(bytes));
              call.onHalfClose(() => call.end());
            },
          },
        ],
      ]),
    );
    server.call(BODY);
    server.call(concatBytes([BODY, BODY]), { path: '/t.T/B' });
    server.call(BODY, { path: '/t.T/None' });
    const {
      started: begun,
      receivedMessages,
      sentMessages,
      handling,
    } = server.counters.of('/t.T/B');
    assert.deepEqual([begun, receivedMessages, sentMessages, handling?.count], [1, 2, 2, 1]);
    const { receivedBytes, sentBytes } = server.counters;
    assert.deepEqual({ receivedBytes, sentBytes }, { receivedBytes: 12, sentBytes: 8 });
    assert.equal(server.counters.of('/t.T/None').started, 0);
  });

  it('how long calls take', () => {
    const { server, call } = started('unary');
    server.time.pass(2000);
    call.fail(GONE);
    assert.equal(server.counters.of('/t.T/M').handling?.sum, 2);
  });
});
