/** A member that takes in the state of another one while it runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmRequest,
  AlarmType,
  CompactionRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  Message,
  MessageType,
  RangeRequest,
  RangeResponse,
  Snapshot,
  SnapshotMetadata,
  SnapshotRequest,
  WatchCreateRequest,
  WatchRequest,
} from '../../../../src/pb/index.ts';
import { mvccSeries } from '../../../../src/server/metrics/mvcc-series.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import {
  assertEqual,
  call,
  lagging,
  writeMany,
  writeTxn,
} from '../../../support/server/installs.ts';
import { MemberPair } from '../../../support/server/member-pair.ts';
import { FakeSink } from '../../../support/watch/fake-sink.ts';

const SNAP = '/data/member/snap';
const KV = '/data/member/kv';

/** A way to hold something up. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

describe('install: the state of the leader', () => {
  it('INSTALL-I1: the log behind the follower is gone -> it takes in the state, and goes on from there', async () => {
    const pair = await lagging();
    const { follower } = pair;
    pair.isCut = false;
    await assertEqual(pair);
    assert.equal(pair.snapshotsSent, 1);
    await writeMany(pair, 30);
    await assertEqual(pair);
    await pair.pass(1000);
    assert.deepEqual(follower.disks.files.list(KV), ['2', 'current']);
    const others = follower.disks.files.list(SNAP).filter((name) => !name.endsWith('.snap'));
    assert.deepEqual(others, []);
    await follower.stop();
    await follower.start();
    await assertEqual(pair);
    assert.equal(pair.snapshotsSent, 1);
  });

  it('again and again, with own snapshots in between -> the same', async () => {
    const pair = await MemberPair.start(3);
    for (let round = 1; round <= 4; round++) {
      pair.isCut = true;
      await writeMany(pair, 50);
      await pair.pass(500);
      pair.isCut = false;
      await assertEqual(pair);
      assert.equal(pair.snapshotsSent, round);
      await writeMany(pair, round * 11);
    }
    await assertEqual(pair);
  });

  it('INSTALL-I2: read all the while -> each answer is of one state, and none is older than the one before', async () => {
    const pair = await MemberPair.start(5);
    const keys = Array.from({ length: 1500 }, (_, n) => `wide/${n}`);
    await writeTxn(pair, keys, 'old');
    await pair.caughtUp();
    pair.isCut = true;
    await writeMany(pair, 40);
    await writeTxn(pair, keys.slice(0, 1400), 'new');
    await pair.pass(500);
    pair.isCut = false;
    const { member } = pair.follower;
    const before = member.store;
    const request = RangeRequest.create({
      key: utf8Bytes('wide/'),
      rangeEnd: utf8Bytes('wide0'),
      serializable: true,
    });
    const reads: FakeUnaryCall[] = [];
    const read = (): void => {
      reads.push(pair.follower.unary('/etcdserverpb.KV/Range', RangeRequest, request));
    };
    // One each millisecond: no time passes while there is something to do.
    for (let readMs = 0; member.store === before; await pair.step()) {
      if (pair.time.monotonicMs() === readMs) continue;
      readMs = pair.time.monotonicMs();
      read();
    }
    read();
    await pair.until(() => reads.every(({ isOver }) => isOver));
    const seen = reads.map(({ failure, response = new Uint8Array() }) => {
      assert.equal(failure, undefined);
      const { kvs, header } = RangeResponse.decode(response);
      assert.equal(kvs.length, 1500);
      return header?.revision ?? 0;
    });
    assert.ok(new Set(seen).size >= 2, 'of both states');
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    await assertEqual(pair);
  });

  it('INSTALL-I3: what came with it: leases, alarms, members, their URLs, the configuration', async () => {
    const pair = await MemberPair.start(2);
    const { leader, follower } = pair;
    const granted = (ID: bigint): Promise<void> =>
      call(pair, '/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, { ID, TTL: 60 });
    await granted(7n);
    await writeMany(pair, 3, { lease: 7n });
    await pair.caughtUp();
    pair.isCut = true;
    await call(pair, '/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, { ID: 7n });
    await granted(8n);
    await writeMany(pair, 40, { lease: 8n });
    const alarm = { action: 1, memberID: 1n, alarm: AlarmType.CORRUPT };
    await call(pair, '/etcdserverpb.Maintenance/Alarm', AlarmRequest, alarm);
    const { reconfiguration } = leader.member;
    const moved = ['http://leader.moved:2380'];
    const changes: ((done: () => void) => void)[] = [
      (done) => reconfiguration.updatePeerURLs(1n, moved, done),
      (done) => reconfiguration.add({ ...OTHER, id: 3n, peerURLs: ['http://3:2380'] }, done),
      (done) => reconfiguration.add({ ...OTHER, id: 4n, peerURLs: ['http://4:2380'] }, done),
      (done) => reconfiguration.remove(4n, done),
    ];
    for (const change of changes) await pair.settled(new Promise<void>(change));
    await pair.pass(500);
    const formerLessor = follower.member.lessor;
    pair.isCut = false;
    await assertEqual(pair);
    assert.notEqual(follower.member.lessor, formerLessor);
    assert.deepEqual(follower.member.lessor.keys(8n), leader.member.lessor.keys(8n));
    assert.ok(follower.member.alarms.has(1n, AlarmType.CORRUPT));
    assert.deepEqual(
      [...follower.peers],
      [
        [1n, moved],
        [3n, ['http://3:2380']],
      ],
    );
    assert.ok(follower.member.cluster.isRemoved(4n));
    assert.equal(follower.ends?.isRemoved(4n), true);
    assert.equal(follower.member.cluster.version, leader.member.cluster.version);
  });

  it('INSTALL-I4: counters go on, gauges are those of the new state', async () => {
    const pair = await MemberPair.start(4);
    const { member } = pair.follower;
    await writeMany(pair, 5);
    await pair.caughtUp();
    const { series } = mvccSeries(member);
    const value = (name: string): number => {
      const found = series.find((one) => one.name === name);
      if (found === undefined || found.type === 'histogram') return assert.fail(name);
      return found.read()[0]?.value ?? Number.NaN;
    };
    const puts = value('etcd_mvcc_put_total');
    assert.ok(puts >= 5);
    pair.isCut = true;
    await writeMany(pair, 60);
    await pair.pass(500);
    pair.isCut = false;
    await assertEqual(pair);
    assert.ok(value('etcd_mvcc_put_total') >= puts, 'a counter never falls');
    const revision = member.store.currentRevision;
    assert.equal(value('etcd_debugging_mvcc_current_revision'), revision);
    assert.equal(value('etcd_debugging_mvcc_keys_total'), 7);
    assert.equal(value('etcd_mvcc_db_total_size_in_bytes'), member.size.totalBytes);
    await writeMany(pair, 2);
    await pair.caughtUp();
    assert.ok(value('etcd_mvcc_put_total') > puts);
  });

  it('INSTALL-I5: a client that downloads the former state -> told so; the next download is whole', async () => {
    const pair = await MemberPair.start();
    const { follower } = pair;
    const keys = Array.from({ length: 500 }, (_, n) => `large/${n}`);
    await writeTxn(pair, keys, 'v'.repeat(5000));
    await pair.caughtUp();
    pair.isCut = true;
    await writeMany(pair, 60);
    await pair.pass(500);
    const download = () =>
      follower.stream('/etcdserverpb.Maintenance/Snapshot', SnapshotRequest, {});
    const slow = download();
    slow.sendMax = 1;
    await pair.until(() => slow.sent.length > 0);
    pair.isCut = false;
    await assertEqual(pair);
    await pair.pass(1000);
    assert.deepEqual(follower.disks.files.list(KV), ['2', 'current']);
    slow.sendMax = Infinity;
    slow.take();
    await pair.until(() => slow.isOver);
    assert.deepEqual(slow.failure, {
      code: 'Unavailable',
      message: 'etcdserver: server stopped',
    });
    const next = download();
    await pair.until(() => next.isOver);
    assert.equal(next.failure, undefined);
    await assertEqual(pair);
  });

  it('INSTALL-I6: an own snapshot is being made -> it is given up; none is older than one before it', async () => {
    const pair = await MemberPair.start(6);
    const { follower } = pair;
    await pair.pass(500);
    follower.isBackendStalled = true;
    await writeMany(pair, 30);
    await pair.caughtUp();
    const triggered = (): number =>
      follower.logger.lines.filter(({ message }) => message === 'triggering snapshot').length;
    assert.equal(triggered(), 1);
    pair.isCut = true;
    await writeMany(pair, 60);
    await pair.pass(500);
    pair.isCut = false;
    await pair.caughtUp();
    const names = (): string[] =>
      follower.disks.files.list(SNAP).filter((name) => name.endsWith('.snap'));
    const installed = names();
    assert.equal(installed.length, 1);
    follower.isBackendStalled = false;
    await pair.pass(1000);
    assert.deepEqual(names(), installed);
    await writeMany(pair, 40);
    await assertEqual(pair);
    await follower.stop();
    await follower.start();
    await assertEqual(pair);
  });

  it('INSTALL-I7: a snapshot without its state -> dropped, as if it had been lost', async () => {
    const pair = await MemberPair.start();
    const { follower } = pair;
    const metadata = SnapshotMetadata.create({
      index: 1000,
      term: follower.member.raft.term,
      confState: {
        voters: [1n],
        learners: [2n],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      },
    });
    const snapshot = Snapshot.create({ metadata });
    const { term } = follower.member.raft;
    const type = MessageType.MsgSnap;
    follower.ends?.events.received([Message.create({ type, from: 1n, to: 2n, term, snapshot })]);
    await writeMany(pair, 5);
    await assertEqual(pair);
    assert.ok(follower.member.raft.lastIndex < 1000);
  });

  it('INSTALL-I12: while a state is on its way -> what comes behind it is kept, for as long as there is room', async () => {
    for (const isLarge of [false, true]) {
      const pair = await lagging();
      const sending = gate();
      pair.beforeArrival = () => sending.passed;
      pair.isCut = false;
      await pair.until(() => pair.isSending);
      const value = utf8Bytes('v'.repeat(isLarge ? 50_000 : 10));
      await writeMany(pair, 100, { value });
      await pair.pass(500);
      sending.open();
      await assertEqual(pair);
      assert.equal(pair.snapshotsSent > 1, isLarge);
    }
  });

  it('nothing is applied while it is being put in place; all else goes on', async () => {
    const pair = await lagging();
    const { follower, leader } = pair;
    const staging = gate();
    follower.beforeStage = () => staging.passed;
    const applied = follower.member.raft.appliedIndex;
    pair.isCut = false;
    await pair.until(() => follower.member.raft.committedIndex > applied);
    await writeMany(pair, 10);
    await pair.pass(5000);
    assert.equal(follower.member.raft.appliedIndex, applied);
    assert.equal(follower.member.raft.leader, leader.identity.id);
    const { store } = follower.member;
    assert.ok(store.currentRevision < leader.member.store.currentRevision);
    assert.equal(follower.member.raft.lastIndex, leader.member.raft.lastIndex);
    staging.open();
    await assertEqual(pair);
    assert.equal(pair.snapshotsSent, 1);
  });
});

const OTHER = { isLearner: true, name: '', clientURLs: [] };

describe('install: watchers', () => {
  /** Streams of a follower, watching from `startRevision` on. */
  function watching(pair: MemberPair, startRevision: number, room?: number) {
    const sink = new FakeSink(room);
    const stream = pair.follower.member.hub.openStream(sink);
    const key = Uint8Array.of(0);
    const create = WatchCreateRequest.create({ key, rangeEnd: key, startRevision });
    stream.handle(WatchRequest.create({ createRequest: create }));
    pair.follower.member.catchUp.kick();
    const revisions: number[] = [];
    let compacted = 0;
    const take = (): void => {
      for (const response of sink.take()) {
        for (const text of response.events ?? []) revisions.push(Number(/@(\d+)/.exec(text)?.[1]));
        compacted = Math.max(compacted, response.compactRevision ?? 0);
      }
      stream.drained();
      pair.follower.member.catchUp.kick();
    };
    return { revisions, take, compacted: () => compacted };
  }

  const upTo = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at);

  it('INSTALL-I8: in sync, behind, or with a slow client -> every event once and in order', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const pair = await MemberPair.start(seed);
      await writeMany(pair, 12);
      await pair.caughtUp();
      const inSync = watching(pair, 0);
      const since = pair.follower.member.store.currentRevision + 1;
      const slow = watching(pair, since, 1);
      const ahead = watching(pair, since + 30);
      await writeMany(pair, 5);
      await pair.caughtUp();
      pair.isCut = true;
      await writeMany(pair, 60);
      await pair.pass(500);
      const behind = watching(pair, 2);
      pair.isCut = false;
      const installed = pair.follower.member.store;
      await pair.until(() => {
        if (pair.random.below(5) === 0) inSync.take();
        return pair.follower.member.store !== installed;
      });
      await writeMany(pair, 15);
      await assertEqual(pair);
      const last = pair.follower.member.store.currentRevision;
      const all = [inSync, slow, ahead, behind];
      await pair.until(() => {
        for (const one of all) one.take();
        return all.every(({ revisions }) => revisions.at(-1) === last);
      });
      assert.deepEqual(inSync.revisions, upTo(since, last));
      assert.deepEqual(slow.revisions, upTo(since, last));
      assert.deepEqual(ahead.revisions, upTo(since + 30, last));
      assert.deepEqual(behind.revisions, upTo(2, last));
    }
  });

  it('INSTALL-I8: what they miss is compacted in the new state -> cancelled; who misses nothing goes on', async () => {
    const pair = await MemberPair.start(7);
    await writeMany(pair, 12);
    await pair.caughtUp();
    const inSync = watching(pair, 0);
    pair.isCut = true;
    await writeMany(pair, 60);
    const floor = pair.leader.member.store.currentRevision - 20;
    const ahead = watching(pair, floor);
    const revision = floor;
    await call(pair, '/etcdserverpb.KV/Compact', CompactionRequest, { revision, physical: true });
    await pair.pass(500);
    pair.isCut = false;
    await assertEqual(pair);
    const last = pair.follower.member.store.currentRevision;
    await pair.until(() => {
      inSync.take();
      ahead.take();
      return inSync.compacted() > 0 && ahead.revisions.at(-1) === last;
    });
    assert.deepEqual([inSync.revisions, inSync.compacted()], [[], floor]);
    assert.deepEqual(ahead.revisions, upTo(floor, last));
  });
});

describe('install: ends of a member', () => {
  it('INSTALL-I9: stopped at any step -> it lets go of its files, and the next start goes on', async () => {
    const pair = await lagging();
    const { follower } = pair;
    for (let steps = 0; steps < 400; steps += 13) {
      pair.isCut = false;
      for (let step = 0; step < steps; step++) await pair.step();
      pair.isCut = true;
      await follower.stop();
      assert.deepEqual(follower.fatals, [], `after ${steps} steps`);
      await writeMany(pair, 30);
      await follower.start();
    }
    pair.isCut = false;
    await assertEqual(pair);
  });

  it('INSTALL-I10: a row that cannot be read -> fatal, with the former state in place; a start says the same', async () => {
    const pair = await lagging();
    const { leader, follower } = pair;
    const batch = leader.backend.batch();
    batch.put(Bucket.lease, utf8Bytes('12345678'), Uint8Array.of(0xff));
    void batch.commit();
    pair.isCut = false;
    const { store } = follower.member;
    await pair.until(() => follower.fatals.length > 0);
    assert.equal(follower.member.store, store);
    await follower.stop();
    assert.deepEqual(follower.fatals.length, 1);
    const damage = { code: 'BACKEND_CORRUPT', message: /a row of bucket lease cannot be decoded/ };
    await assert.rejects(Promise.reject(follower.fatals[0]), damage);
    follower.fatals.length = 0;
    for (let tries = 0; tries < 2; tries++) await assert.rejects(follower.start(), damage);
    assert.deepEqual(follower.fatals, []);
  });
});
