import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { revisionKey } from '../../../../src/mvcc/backend/revision-key.ts';
import {
  CompactionRequest,
  CompactionResponse,
  Compare,
  PutRequest,
  RangeRequest,
  RangeResponse,
  RequestOp,
  TxnRequest,
  TxnResponse,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered, put, range, written } from '../../../support/server/requests.ts';

async function started(options: ConstructorParameters<typeof SimMember>[1] = {}) {
  const sim = new SimMember(1, options);
  await sim.start();
  return sim;
}

const compact = (sim: SimMember, revision: number, physical: boolean) =>
  sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, { revision, physical });

describe('kv service', () => {
  it('a write that is not on disk within the request time-out -> Unavailable; it may still happen', async () => {
    const sim = await started();
    sim.log.isStalled = true;
    const write = put(sim, 'a', '1');
    await sim.pass(6900);
    assert.equal(write.isOver, false);
    await sim.pass(600);
    assert.deepEqual(write.failure, {
      code: 'Unavailable',
      message: 'etcdserver: request timed out',
    });
    sim.log.isStalled = false;
    await sim.until(() => sim.member.store.currentRevision === 2);
  });

  it('a read that cannot be served within the request time-out -> Unavailable; a serializable one is', async () => {
    const sim = await started({ batchOperationsMax: 5 });
    sim.holdsCommits = true;
    const { raft } = sim.member;
    while (raft.appliedIndex === raft.committedIndex) {
      put(sim, 'a', 'x');
      await sim.pass(10);
    }
    const read = range(sim, 'a');
    await answered(sim, range(sim, 'a', { serializable: true }), RangeResponse);
    await sim.pass(7500);
    assert.equal(read.failure?.message, 'etcdserver: request timed out');
  });

  it('a read taken back while it waits -> is not carried out', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    const takenBack = [range(sim, 'a'), range(sim, 'a')];
    const kept = range(sim, 'a');
    const { ranges } = sim.member.store.counters;
    for (const read of takenBack) read.cancel();
    await answered(sim, kept, RangeResponse);
    assert.equal(sim.member.store.counters.ranges - ranges, 1);
  });

  it('larger than max-request-bytes -> InvalidArgument', async () => {
    const sim = await started({ requestBytesMax: 1000 });
    const write = put(sim, 'a', 'x'.repeat(1000));
    assert.deepEqual(write.failure, {
      code: 'InvalidArgument',
      message: 'etcdserver: request is too large',
    });
  });

  it('API-I7: mistakes -> refused before they reach the log', async () => {
    const sim = await started();
    const last = sim.member.raft.lastIndex;
    assert.equal(put(sim, '', 'x').failure?.message, 'etcdserver: key is not provided');
    assert.equal(range(sim, '').failure?.message, 'etcdserver: key is not provided');
    const broken = sim.unary(
      '/etcdserverpb.KV/Put',
      { encode: () => Uint8Array.of(0xff) } as never,
      {},
    );
    assert.equal(broken.failure?.code, 'Internal');
    assert.equal(sim.member.raft.lastIndex, last);
  });

  it('a txn of ranges -> a read; with a put -> through the log; headers are full', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    const last = sim.member.raft.lastIndex;
    const requestRange = RangeRequest.create({ key: utf8Bytes('a') });
    const success = [RequestOp.create({ requestRange })];
    const txn = (fields: Partial<TxnRequest>) =>
      answered(
        sim,
        sim.unary('/etcdserverpb.KV/Txn', TxnRequest, TxnRequest.create(fields)),
        TxnResponse,
      );
    const read = await txn({ success });
    assert.deepEqual([read.succeeded, read.header?.revision], [true, 2]);
    assert.equal(sim.member.raft.lastIndex, last);
    const requestPut = PutRequest.create({ key: utf8Bytes('a'), value: utf8Bytes('2') });
    const compares = [Compare.create({ key: utf8Bytes('a'), version: 1 })];
    const write = await txn({ compare: compares, failure: [RequestOp.create({ requestPut })] });
    assert.equal(write.succeeded, true);
    assert.equal(write.header?.revision, 2, 'nothing was changed');
    assert.equal(write.header.memberId, sim.member.cluster.localId);
    assert.equal(write.header.clusterId, sim.member.cluster.id);
    assert.equal(write.header.raftTerm, sim.member.raft.term);
    assert.equal(sim.member.raft.lastIndex, last + 1);
  });
});

describe('kv service: compaction', () => {
  it('API-I6: physical -> answered when history is off the disk; logical -> at once', async () => {
    const sim = await started();
    for (let i = 0; i < 60; i++) await written(sim, 'a', String(i));
    await sim.pass(1000);
    const logical = compact(sim, 30, false);
    await answered(sim, logical, CompactionResponse);
    const { backend } = sim;
    await sim.until(() => rowsBelow(backend, 30) === 0);
    const physical = compact(sim, 50, true);
    const { header } = await answered(sim, physical, CompactionResponse);
    assert.equal(header?.revision, 61);
    assert.equal(rowsBelow(backend, 50), 0);
  });

  it('a revision that is compacted or in the future -> OutOfRange', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    for (const [revision, message] of [
      [99, 'etcdserver: mvcc: required revision is a future revision'],
      [2, undefined],
      [2, 'etcdserver: mvcc: required revision has been compacted'],
    ] as const) {
      const call = compact(sim, revision, true);
      await sim.until(() => call.isOver);
      assert.equal(call.failure?.message, message);
    }
    const old = range(sim, 'a', { revision: 1 });
    await sim.until(() => old.isOver);
    assert.equal(old.failure?.code, 'OutOfRange');
  });
});

/** Revisions below `revision` that are still in bucket `key`. */
function rowsBelow(backend: SimMember['backend'], revision: number): number {
  let rows = 0;
  for (let main = 2; main < revision; main++) {
    if (backend.getSync(Bucket.key, revisionKey(main, 0)) !== undefined) rows += 1;
  }
  return rows;
}
