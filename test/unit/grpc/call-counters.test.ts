import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type BidiCall,
  RpcError,
  type ServiceMethod,
  StatusCode,
  type UnaryCall,
} from '../../../src/grpc/index.ts';
import { outcomeOf, type ServedTable, serveTable } from '../../support/grpc/bytes-client.ts';

const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

const unary = (handler: (call: UnaryCall) => void): ServiceMethod => ({ kind: 'unary', handler });
const bidi = (handler: (call: BidiCall) => void): ServiceMethod => ({ kind: 'bidi', handler });

async function withServer(
  methods: Record<string, ServiceMethod>,
  use: (served: ServedTable) => Promise<void>,
): Promise<void> {
  const served = await serveTable(new Map(Object.entries(methods)));
  try {
    await use(served);
  } finally {
    await served.close();
  }
}

/** A promise that `resolve` fulfils. */
function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

describe('GRPC-I4: counters', () => {
  const started = (served: ServedTable, path: string): number =>
    served.server.counters.of(path).started;
  const ended = (served: ServedTable, path: string): Record<string, number> => {
    const counts = served.server.counters.of(path).ended;
    const names = Object.entries(StatusCode).filter(([, code]) => (counts[code] ?? 0) > 0);
    return Object.fromEntries(names.map(([name, code]) => [name, counts[code] ?? 0]));
  };

  it('unary calls: by outcome, with their messages, bytes and durations', async () => {
    const methods = {
      '/t.T/Reply': unary((call) => call.reply(bytes('four'))),
      '/t.T/Fail': unary((call) => call.fail({ code: 'NotFound', message: 'no' })),
      '/t.T/Throw': unary(() => {
        throw new RpcError('Internal', 'oops');
      }),
    };
    await withServer(methods, async (served) => {
      const {
        client,
        server: { counters },
      } = served;
      for (const path of ['/t.T/Reply', '/t.T/Reply', '/t.T/Fail', '/t.T/Throw', '/t.T/None']) {
        await client.unary(path, 'abc');
      }
      assert.deepEqual(ended(served, '/t.T/Reply'), { OK: 2 });
      assert.deepEqual(ended(served, '/t.T/Fail'), { NotFound: 1 });
      assert.deepEqual(ended(served, '/t.T/Throw'), { Internal: 1 });
      assert.equal(started(served, '/t.T/None'), 0, 'a method that nobody handles');
      const { receivedMessages, sentMessages, handling } = counters.of('/t.T/Reply');
      assert.deepEqual(
        { receivedMessages, sentMessages },
        { receivedMessages: 2, sentMessages: 2 },
      );
      assert.equal(counters.of('/t.T/Fail').sentMessages, 0);
      assert.equal(handling?.count, 2);
      assert.equal(counters.receivedBytes, 4 * 3);
      assert.equal(counters.sentBytes, 2 * 4);
    });
  });

  it('streams: each message, and Canceled when the client goes', async () => {
    const cancelled = signal();
    const methods = {
      '/t.T/Echo': bidi((call) => {
        call.onMessage((message) => call.send(message));
        call.onHalfClose(() => call.end());
      }),
      '/t.T/Wait': bidi((call) => call.onCancel(() => cancelled.resolve())),
    };
    await withServer(methods, async (served) => {
      const echo = served.client.bidi('/t.T/Echo');
      for (const message of ['a', 'b', 'c']) echo.write(Buffer.from(message));
      echo.end();
      await outcomeOf(echo);
      const { receivedMessages, sentMessages } = served.server.counters.of('/t.T/Echo');
      assert.deepEqual(
        { receivedMessages, sentMessages },
        { receivedMessages: 3, sentMessages: 3 },
      );
      assert.deepEqual(ended(served, '/t.T/Echo'), { OK: 1 });

      const wait = served.client.bidi('/t.T/Wait');
      const outcome = outcomeOf(wait);
      wait.write(Buffer.from('x'));
      while (started(served, '/t.T/Wait') === 0) await new Promise(setImmediate);
      wait.cancel();
      await Promise.all([outcome, cancelled.promise]);
      assert.deepEqual(ended(served, '/t.T/Wait'), { Canceled: 1 });
    });
  });

  it('a deadline that passes -> DeadlineExceeded', async () => {
    const cancelled = signal();
    const method = unary((call) => call.onCancel(() => cancelled.resolve()));
    await withServer({ '/t.T/Wait': method }, async (served) => {
      // Not a deadline of the client's own, at which it would cancel, and perhaps be first.
      const outcome = await served.client.unary('/t.T/Wait', '', {
        headers: { 'grpc-timeout': '30m' },
      });
      assert.equal(outcome.code, StatusCode.DeadlineExceeded);
      await cancelled.promise;
      assert.deepEqual(ended(served, '/t.T/Wait'), { DeadlineExceeded: 1 });
    });
  });
});
