/**
 * kill -9 under concurrent writes, again and again: whatever was acknowledged is there, no
 * transaction is there by half, every restart serves. Writes that got no answer may be there or
 * not: they are unknown, never absent.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GrpcClient, grpcClient, KV } from '../support/grpc-client.ts';
import { MemberProcess } from '../support/processes.ts';

const KILLS = Number(process.env['KILLS'] ?? 20);
const WRITERS = 8;

/** What one writer knows of its own keys, which every transaction of it sets together. */
interface WriterState {
  /** Numbers of the transactions that were answered. */
  readonly acknowledged: number[];
  attempted: number;
}

const encoder = new TextEncoder();
const left = (writer: number): Uint8Array => encoder.encode(`writer/${writer}/left`);
const right = (writer: number): Uint8Array => encoder.encode(`writer/${writer}/right`);
const log = (writer: number, n: number): Uint8Array =>
  encoder.encode(`log/${writer}/${String(n).padStart(9, '0')}`);

async function writeUntilDead(
  client: GrpcClient,
  writer: number,
  state: WriterState,
): Promise<void> {
  for (;;) {
    const n = state.attempted + 1;
    state.attempted = n;
    const value = encoder.encode(String(n));
    try {
      await KV.txn(client, [
        { key: left(writer), value },
        { key: right(writer), value },
        { key: log(writer, n), value },
      ]);
    } catch {
      return;
    }
    state.acknowledged.push(n);
  }
}

async function check(client: GrpcClient, states: readonly WriterState[]): Promise<void> {
  for (const [writer, state] of states.entries()) {
    const [a, b] = [await KV.get(client, left(writer)), await KV.get(client, right(writer))];
    assert.equal(a, b, `writer ${writer}: both halves of the last transaction are there`);
    const last = Number(a ?? 0);
    assert.ok(last >= (state.acknowledged.at(-1) ?? 0), `writer ${writer}: ${last} is too old`);
    assert.ok(last <= state.attempted, `writer ${writer}: ${last} was never written`);
    const rows = new Set(await KV.keys(client, encoder.encode(`log/${writer}/`)));
    const lost = state.acknowledged.filter((n) => !rows.has(text(log(writer, n))));
    assert.deepEqual(lost, [], `writer ${writer}: all acknowledged rows are there`);
    assert.ok(
      last === 0 || rows.has(text(log(writer, last))),
      `writer ${writer}: ${last} is whole`,
    );
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('kill -9 during concurrent writes', () => {
  it(`${KILLS} times: nothing acknowledged is lost`, { timeout: 300_000 }, async (t) => {
    const member = await MemberProcess.start({
      kind: 'etcd-ts',
      // Small bounds, so that snapshots and backend batches are hit by kills as well.
      flags: ['--snapshot-count=200', '--backend-batch-interval=20ms'],
    });
    const states = Array.from(
      { length: WRITERS },
      (): WriterState => ({ acknowledged: [], attempted: 0 }),
    );
    let lastRevision = 0;
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const client = grpcClient(member.endpoint);
        const writers = states.map((state, writer) => writeUntilDead(client, writer, state));
        await new Promise((resolve) => setTimeout(resolve, 100 + ((kill * 97) % 400)));
        await member.kill();
        await Promise.all(writers);
        client.close();
        await member.restart();
        const after = grpcClient(member.endpoint);
        await check(after, states);
        const revision = await KV.revision(after);
        assert.ok(revision >= lastRevision, 'the revision never goes back');
        lastRevision = revision;
        after.close();
      }
      const written = states.reduce((sum, state) => sum + state.acknowledged.length, 0);
      t.diagnostic(`${written} transactions acknowledged over ${KILLS} kills`);
      assert.ok(written > KILLS * WRITERS, 'the writers made progress between kills');
    } finally {
      await member.dispose();
    }
  });
});
