import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import {
  type BidiCall,
  RpcError,
  SEND_BUFFER_BYTES_MAX,
  type ServiceMethod,
  type ServiceTable,
  StatusCode,
  type StatusCodeName,
  type UnaryCall,
} from '../../../../src/grpc/index.ts';
import { outcomeOf, type ServedTable, serveTable } from '../../../support/grpc/bytes-client.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

const unary = (handler: (call: UnaryCall, request: Uint8Array) => void): ServiceMethod => ({
  kind: 'unary',
  handler,
});
const bidi = (handler: (call: BidiCall) => void): ServiceMethod => ({ kind: 'bidi', handler });

async function withServer(
  methods: Record<string, ServiceMethod>,
  use: (served: ServedTable) => Promise<void>,
): Promise<void> {
  const table: ServiceTable = new Map(Object.entries(methods));
  const served = await serveTable(table);
  try {
    await use(served);
  } finally {
    await served.close();
  }
}

/** A promise and the function that fulfils it. */
function signal<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

describe('unary calls', () => {
  it('reply, in the same turn and in a later one -> the bytes, status OK', async () => {
    const methods = {
      '/t.T/Now': unary((call, request) => call.reply(bytes(`now ${text(request)}`))),
      '/t.T/Later': unary((call, request) =>
        setImmediate(() => call.reply(bytes(`later ${text(request)}`))),
      ),
      '/t.T/Empty': unary((call, request) => call.reply(request)),
    };
    await withServer(methods, async ({ client }) => {
      assert.deepEqual((await client.unary('/t.T/Now', 'x')).messages, ['now x']);
      assert.deepEqual((await client.unary('/t.T/Later', 'y')).messages, ['later y']);
      assert.deepEqual((await client.unary('/t.T/Empty', '')).messages, ['']);
    });
  });

  it('requests are plain Uint8Arrays, whose slice copies', async () => {
    const seen = signal<Uint8Array>();
    const method = unary((call, request) => {
      seen.resolve(request);
      call.reply(request);
    });
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      await client.unary('/t.T/M', 'abc');
      assert.equal(Object.getPrototypeOf(await seen.promise), Uint8Array.prototype);
    });
  });

  it('fail -> exactly that code and text, whatever characters it has', async () => {
    const message = 'etcdserver: mvcc: 100% "gone", größe\nzwei';
    const method = unary((call) => call.fail({ code: 'OutOfRange', message }));
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      assert.deepEqual(await client.unary('/t.T/M', ''), {
        code: status.OUT_OF_RANGE,
        details: message,
        messages: [],
      });
    });
  });

  it('every code -> the number gRPC gives it', async () => {
    const method = unary((call, request) => {
      call.fail(new RpcError(text(request) as Exclude<StatusCodeName, 'OK'>, 'no'));
    });
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      for (const [name, code] of Object.entries(StatusCode)) {
        if (name === 'OK') continue;
        assert.equal((await client.unary('/t.T/M', name)).code, code);
        const grpcName = name.replace(/(?<!^)[A-Z]/g, '_$&').toUpperCase();
        assert.equal(code, status[grpcName === 'CANCELED' ? 'CANCELLED' : (grpcName as 'ABORTED')]);
      }
    });
  });

  it('two answers -> the first one counts (GRPC-I1)', async () => {
    const methods = {
      '/t.T/Reply': unary((call) => {
        call.reply(bytes('first'));
        call.fail({ code: 'Aborted', message: 'second' });
        call.reply(bytes('third'));
      }),
      '/t.T/Fail': unary((call) => {
        call.fail({ code: 'Aborted', message: 'first' });
        call.reply(bytes('second'));
      }),
    };
    await withServer(methods, async ({ client }) => {
      assert.deepEqual(await client.unary('/t.T/Reply', ''), {
        code: 0,
        details: '',
        messages: ['first'],
      });
      assert.equal((await client.unary('/t.T/Fail', '')).details, 'first');
    });
  });

  it('exception in a handler -> Internal without its text, reported once (GRPC-I2)', async () => {
    const bug = new TypeError('secret');
    const method = unary(() => {
      throw bug;
    });
    await withServer({ '/t.T/M': method }, async ({ client, server: { escaped } }) => {
      assert.deepEqual(await client.unary('/t.T/M', ''), {
        code: status.INTERNAL,
        details: 'internal server error',
        messages: [],
      });
      assert.deepEqual(escaped, [{ error: bug, path: '/t.T/M' }]);
    });
  });

  it('metadata: the first value, by lower-case name; binary and absent -> undefined', async () => {
    const method = unary((call) =>
      call.reply(
        bytes(
          JSON.stringify([
            call.metadata('token'),
            call.metadata('hasleader') ?? null,
            call.metadata('trace-bin') ?? null,
          ]),
        ),
      ),
    );
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      const { messages } = await client.unary('/t.T/M', '', { headers: { Token: 'abc.12' } });
      assert.deepEqual(JSON.parse(messages[0] ?? ''), ['abc.12', null, null]);
    });
  });

  it('peer: address and port; no client certificate', async () => {
    const method = unary((call) => call.reply(bytes(`${call.peer} ${call.clientCommonName}`)));
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      const { messages } = await client.unary('/t.T/M', '');
      assert.match(messages[0] ?? '', /^127\.0\.0\.1:\d+ undefined$/);
    });
  });

  it('deadline: the handler knows the time left and is cancelled when it is up', async () => {
    const cancelled = signal<number | undefined>();
    const method = unary((call) => call.onCancel(() => cancelled.resolve(call.timeoutMs)));
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      const { code } = await client.unary('/t.T/M', '', { deadline: Date.now() + 60 });
      assert.equal(code, status.DEADLINE_EXCEEDED);
      const timeoutMs = (await cancelled.promise) ?? -1;
      assert.ok(timeoutMs >= 0 && timeoutMs <= 60, String(timeoutMs));
    });
  });

  it('no deadline -> no time limit', async () => {
    const method = unary((call) => call.reply(bytes(String(call.timeoutMs))));
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      assert.deepEqual((await client.unary('/t.T/M', '')).messages, ['undefined']);
    });
  });

  it('cancelled by the client -> onCancel, also when asked late; a reply is ignored', async () => {
    const started = signal<UnaryCall>();
    const cancelled = signal<void>();
    const method = unary((call) => {
      call.onCancel(() => cancelled.resolve());
      started.resolve(call);
    });
    await withServer({ '/t.T/M': method }, async ({ client, server: { escaped } }) => {
      const pending = client.startUnary('/t.T/M');
      const call = await started.promise;
      assert.equal(call.cancelled, false);
      pending.cancel();
      await cancelled.promise;
      assert.equal(call.cancelled, true);
      let late = false;
      call.onCancel(() => {
        late = true;
      });
      assert.equal(late, true);
      call.reply(bytes('too late'));
      assert.deepEqual(escaped, []);
    });
  });

  it('a call that ended well is not cancelled afterwards', async () => {
    let call: UnaryCall | undefined;
    let cancelled = false;
    const method = unary((started) => {
      call = started;
      started.onCancel(() => {
        cancelled = true;
      });
      started.reply(bytes(''));
    });
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      await client.unary('/t.T/M', '');
      await client.unary('/t.T/M', '');
      assert.deepEqual([cancelled, call?.cancelled], [false, false]);
    });
  });

  it('request of max-request-bytes + 512 KiB -> served; one byte more -> ResourceExhausted', async () => {
    const method = unary((call, request) => call.reply(bytes(String(request.length))));
    await withServer({ '/t.T/M': method }, async ({ client }) => {
      const limit = 1024 + 512 * 1024;
      assert.deepEqual((await client.unary('/t.T/M', Buffer.alloc(limit))).messages, [`${limit}`]);
      const { code } = await client.unary('/t.T/M', Buffer.alloc(limit + 1));
      assert.equal(code, status.RESOURCE_EXHAUSTED);
    });
  });

  it('unknown method -> Unimplemented', async () => {
    await withServer({}, async ({ client }) => {
      assert.equal((await client.unary('/t.T/None', '')).code, status.UNIMPLEMENTED);
    });
  });
});

describe('streaming calls', () => {
  it('server stream: request in, messages out in order, then OK', async () => {
    const methods: Record<string, ServiceMethod> = {
      '/t.T/S': {
        kind: 'server-stream',
        handler: (call, request) => {
          for (let i = 0; i < 40; i++) call.send(bytes(`${text(request)}${i}`));
          call.end();
        },
      },
    };
    await withServer(methods, async ({ client }) => {
      const { code, messages } = await outcomeOf(client.serverStream('/t.T/S', 'm'));
      assert.equal(code, 0);
      assert.deepEqual(
        messages,
        Array.from({ length: 40 }, (_, i) => `m${i}`),
      );
    });
  });

  it('server stream: fail after messages -> these, then the failure', async () => {
    const methods: Record<string, ServiceMethod> = {
      '/t.T/S': {
        kind: 'server-stream',
        handler: (call) => {
          call.send(bytes('one'));
          call.fail({ code: 'Unavailable', message: 'etcdserver: server stopped' });
          call.send(bytes('ignored'));
          call.end();
        },
      },
    };
    await withServer(methods, async ({ client }) => {
      assert.deepEqual(await outcomeOf(client.serverStream('/t.T/S', '')), {
        code: status.UNAVAILABLE,
        details: 'etcdserver: server stopped',
        messages: ['one'],
      });
    });
  });

  it('bidi: each message is answered; half-close -> end', async () => {
    const echo = bidi((call) => {
      call.onMessage((message) => call.send(bytes(`echo ${text(message)}`)));
      call.onHalfClose(() => call.end());
    });
    await withServer({ '/t.T/B': echo }, async ({ client }) => {
      const stream = client.bidi('/t.T/B');
      const outcome = outcomeOf(stream);
      stream.write(Buffer.from('a'));
      stream.write(Buffer.from('b'));
      stream.end();
      assert.deepEqual(await outcome, { code: 0, details: '', messages: ['echo a', 'echo b'] });
    });
  });

  it('bidi: the server goes on after the half-close of the client', async () => {
    const late = bidi((call) => {
      call.onHalfClose(() =>
        setImmediate(() => {
          call.send(bytes('late'));
          call.end();
        }),
      );
    });
    await withServer({ '/t.T/B': late }, async ({ client }) => {
      const stream = client.bidi('/t.T/B');
      stream.end();
      assert.deepEqual((await outcomeOf(stream)).messages, ['late']);
    });
  });

  it('client streaming: a bidi handler that answers once', async () => {
    const sum = bidi((call) => {
      let total = 0;
      call.onMessage((message) => {
        total += Number(text(message));
      });
      call.onHalfClose(() => {
        call.send(bytes(String(total)));
        call.end();
      });
    });
    await withServer({ '/t.T/C': sum }, async ({ client }) => {
      const stream = client.bidi('/t.T/C');
      for (const part of ['1', '2', '3']) stream.write(Buffer.from(part));
      stream.end();
      assert.deepEqual((await outcomeOf(stream)).messages, ['6']);
    });
  });

  it('bidi: exception in a listener -> Internal, reported; later messages are not delivered', async () => {
    const seen: string[] = [];
    const faulty = bidi((call) => {
      call.onMessage((message) => {
        seen.push(text(message));
        throw new TypeError('secret');
      });
    });
    await withServer({ '/t.T/B': faulty }, async ({ client, server: { escaped } }) => {
      const stream = client.bidi('/t.T/B');
      const outcome = outcomeOf(stream);
      stream.write(Buffer.from('a'));
      stream.write(Buffer.from('b'));
      assert.equal((await outcome).code, status.INTERNAL);
      assert.deepEqual([seen, escaped.length], [['a'], 1]);
    });
  });

  it('cancelled by the client -> onCancel; sending is then a no-op that asks for no wait', async () => {
    const cancelled = signal<BidiCall>();
    const method = bidi((call) => {
      call.onCancel(() => cancelled.resolve(call));
      call.send(bytes('hello'));
    });
    await withServer({ '/t.T/B': method }, async ({ client }) => {
      const stream = client.bidi('/t.T/B');
      stream.on('error', () => undefined);
      await once(stream, 'data');
      stream.cancel();
      const call = await cancelled.promise;
      assert.equal(call.cancelled, true);
      assert.equal(call.send(new Uint8Array(SEND_BUFFER_BYTES_MAX)), true);
      call.end();
    });
  });

  it('slow reader: send says when to stop, onDrain when to go on, nothing is lost (GRPC-I3)', async () => {
    const blocked = signal<number>();
    const total = 200;
    let sent = 0;
    let drains = 0;
    const chunk = new Uint8Array(16384).fill(120);
    const methods: Record<string, ServiceMethod> = {
      '/t.T/S': {
        kind: 'server-stream',
        handler: (call) => {
          const fill = (): void => {
            while (sent < total) {
              sent++;
              if (!call.send(chunk)) {
                blocked.resolve(sent);
                return;
              }
            }
            call.end();
          };
          call.onDrain(() => {
            drains++;
            fill();
          });
          fill();
        },
      },
    };
    await withServer(methods, async ({ client }) => {
      const stream = client.serverStream('/t.T/S', '');
      const sentAtFirst = await blocked.promise;
      assert.ok(sentAtFirst * chunk.length < 3 * SEND_BUFFER_BYTES_MAX, `${sentAtFirst} messages`);
      const { code, messages } = await outcomeOf(stream);
      assert.deepEqual([code, messages.length], [0, total]);
      assert.ok(drains > 0);
    });
  });

  it('paused call: messages wait, resume delivers them all in order', async () => {
    const paused = signal<BidiCall>();
    const seen: string[] = [];
    const method = bidi((call) => {
      call.pause();
      call.onMessage((message) => {
        seen.push(text(message));
        call.send(message);
      });
      call.onHalfClose(() => call.end());
      paused.resolve(call);
    });
    await withServer(
      { '/t.T/B': method, '/t.T/U': unary((c, r) => c.reply(r)) },
      async (served) => {
        const stream = served.client.bidi('/t.T/B');
        const outcome = outcomeOf(stream);
        for (let i = 0; i < 50; i++) stream.write(Buffer.from(String(i)));
        stream.end();
        const call = await paused.promise;
        // A round trip on the same connection: the messages above have arrived by then.
        await served.client.unary('/t.T/U', '');
        assert.deepEqual(seen, []);
        call.resume();
        assert.equal((await outcome).messages.length, 50);
        assert.deepEqual(
          seen,
          Array.from({ length: 50 }, (_, i) => String(i)),
        );
      },
    );
  });
});

describe('shutdown', () => {
  it('waits for running calls within the grace time', async () => {
    const started = signal<UnaryCall>();
    const method = unary((call) => started.resolve(call));
    await withServer({ '/t.T/M': method }, async ({ client, server }) => {
      const outcome = client.unary('/t.T/M', '');
      const call = await started.promise;
      const down = server.shutdown(60_000);
      call.reply(bytes('done'));
      assert.deepEqual((await outcome).messages, ['done']);
      await down;
    });
  });

  it('cuts off calls that outlast the grace time; their handlers see it', async () => {
    const started = signal<void>();
    const cancelled = signal<void>();
    const method = bidi((call) => {
      call.onCancel(() => cancelled.resolve());
      started.resolve();
    });
    await withServer({ '/t.T/B': method }, async ({ client, server }) => {
      const stream = client.bidi('/t.T/B');
      const outcome = outcomeOf(stream);
      await started.promise;
      await server.shutdown(20);
      await cancelled.promise;
      assert.notEqual((await outcome).code, 0);
    });
  });
});
