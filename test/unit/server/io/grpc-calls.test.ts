import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { BidiCall, RpcFailure, ServiceMethod, UnaryCall } from '../../../../src/grpc/index.ts';
import { type BytesClient, outcomeOf, serveTable } from '../../../support/grpc/bytes-client.ts';

async function withMethod(
  method: ServiceMethod,
  use: (client: BytesClient) => Promise<void>,
): Promise<void> {
  const served = await serveTable(new Map([['/t.T/M', method]]));
  try {
    await use(served.client);
  } finally {
    await served.close();
  }
}

describe('calls that others end', () => {
  const gone: RpcFailure = { code: 'Unavailable', message: 'gone' };

  it('abort of a stream -> the client gets the failure behind what was sent, the handler a cancellation (GRPC-I1)', async () => {
    const events: string[] = [];
    const handler = (call: BidiCall): void => {
      call.onEnd(() => events.push('ended'));
      call.onCancel(() => events.push(`cancelled ${call.cancelled}`));
      call.onMessage((message) => {
        call.send(message);
        call.abort(gone);
        call.send(message);
        call.end();
      });
    };
    const method: ServiceMethod = { kind: 'bidi', handler };
    await withMethod(method, async (client) => {
      const stream = client.bidi('/t.T/M');
      const outcome = outcomeOf(stream);
      stream.write(Buffer.from('x'));
      assert.deepEqual(await outcome, {
        code: status.UNAVAILABLE,
        details: 'gone',
        messages: ['x'],
      });
      assert.deepEqual(events, ['ended', 'cancelled true']);
    });
  });

  it('abort of a unary call -> its failure; the handler may answer in vain', async () => {
    const handler = (call: UnaryCall, request: Uint8Array): void => {
      call.onCancel(() => call.reply(request));
      call.abort(gone);
    };
    const method: ServiceMethod = { kind: 'unary', handler };
    await withMethod(method, async (client) => {
      const { code, details } = await client.unary('/t.T/M', 'x');
      assert.deepEqual([code, details], [status.UNAVAILABLE, 'gone']);
    });
  });

  it('abort of a call that has ended -> nothing', async () => {
    const events: string[] = [];
    const handler = (call: UnaryCall, request: Uint8Array): void => {
      call.onCancel(() => events.push('cancelled'));
      call.onEnd(() => events.push('ended'));
      call.reply(request);
      call.abort(gone);
      call.onEnd(() => events.push('ended, asked late'));
    };
    const method: ServiceMethod = { kind: 'unary', handler };
    await withMethod(method, async (client) => {
      assert.equal((await client.unary('/t.T/M', 'x')).code, status.OK);
      assert.deepEqual(events, ['ended', 'ended, asked late']);
    });
  });
});
