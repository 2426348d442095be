import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  CompactionRequest,
  CompactionResponse,
  Event,
  KeyValue,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeBidiCall } from '../../../support/server/fake-calls.ts';
import { answered, written } from '../../../support/server/requests.ts';

const CREATE_ALL = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };

async function started() {
  const sim = new SimMember(1);
  await sim.start();
  const call = sim.bidi('/etcdserverpb.Watch/Watch');
  const create = (fields: Partial<WatchCreateRequest>): void => {
    const createRequest = WatchCreateRequest.create(fields);
    call.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
  };
  return { sim, call, create };
}

const responses = (call: FakeBidiCall): WatchResponse[] =>
  call.take().map((bytes) => WatchResponse.decode(bytes));

const revisions = (taken: readonly WatchResponse[]): number[] =>
  taken
    .flatMap(({ events }) => events)
    .map((bytes) => KeyValue.decode(Event.decode(bytes).kv ?? new Uint8Array(0)).modRevision);

describe('watch service', () => {
  it('a watcher from now -> created, then each change as it happens', async () => {
    const { sim, call, create } = await started();
    create({ key: utf8Bytes('a') });
    const [created] = responses(call);
    assert.deepEqual(
      [created?.created, created?.watchId, created?.header?.revision],
      [true, 0n, 1],
    );
    await written(sim, 'a', '1');
    await written(sim, 'b', '1');
    await written(sim, 'a', '2');
    assert.deepEqual(revisions(responses(call)), [2, 4]);
  });

  it('API-I3: a watcher from the past, behind a restart -> every change, from the disk', async () => {
    const { sim } = await started();
    for (let i = 0; i < 100; i++) await written(sim, 'a', String(i));
    await sim.stop();
    await sim.start();
    const call = sim.bidi('/etcdserverpb.Watch/Watch');
    const createRequest = WatchCreateRequest.create({ ...CREATE_ALL, startRevision: 2 });
    call.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
    await sim.pass(500);
    assert.deepEqual(
      revisions(responses(call)),
      Array.from({ length: 100 }, (_, i) => i + 2),
    );
  });

  it('a watcher from below the compaction -> created, then cancelled with the revision', async () => {
    const { sim, call, create } = await started();
    for (let i = 0; i < 5; i++) await written(sim, 'a', String(i));
    const request = CompactionRequest.create({ revision: 4 });
    const compact = sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, request);
    await answered(sim, compact, CompactionResponse);
    create({ ...CREATE_ALL, startRevision: 2 });
    await sim.pass(500);
    const [created, canceled, ...rest] = responses(call);
    assert.deepEqual([created?.created, created?.canceled], [true, false]);
    assert.deepEqual(
      [canceled?.canceled, canceled?.compactRevision, canceled?.cancelReason],
      [true, 4, ''],
    );
    assert.equal(canceled?.header?.revision, 0);
    assert.deepEqual(rest, []);
    create({ ...CREATE_ALL, startRevision: 4 });
    await sim.pass(500);
    assert.deepEqual(revisions(responses(call)), [4, 5, 6]);
  });

  it('API-I3: a client that does not read -> held back, and brought up to date when it does', async () => {
    const { sim, call, create } = await started();
    call.sendMax = 2;
    create(CREATE_ALL);
    for (let i = 0; i < 20; i++) await written(sim, 'a', String(i));
    assert.equal(call.sent.length, 2);
    create({ key: utf8Bytes('b') });
    create({ key: utf8Bytes('c') });
    assert.equal(call.isPaused, true, 'a request that there is no room to answer waits');
    const taken: WatchResponse[] = [];
    for (let i = 0; i < 20; i++) {
      taken.push(...responses(call));
      await sim.pass(100);
    }
    assert.deepEqual(
      revisions(taken),
      Array.from({ length: 20 }, (_, i) => i + 2),
    );
    assert.equal(taken.filter(({ created }) => created).length, 3);
    assert.equal(call.isPaused, false);
  });

  it('API-I5: the client goes, breaks the protocol, or the server stops -> nothing is left of the stream', async () => {
    const { sim, call, create } = await started();
    const ended: FakeBidiCall[] = [
      call,
      ...[1, 2].map(() => sim.bidi('/etcdserverpb.Watch/Watch')),
    ];
    create({ ...CREATE_ALL, progressNotify: true });
    const tasks = sim.scheduler.size;
    ended[0]?.cancel();
    ended[1]?.receive(Uint8Array.of(0xff));
    assert.equal(ended[1]?.failure?.code, 'Internal');
    assert.equal(sim.scheduler.size, tasks - 2, 'their timers are gone');
    await written(sim, 'a', '1');
    assert.deepEqual(
      responses(call).map(({ created }) => created),
      [true],
    );
    sim.checkInvariants();
    await sim.stop();
    assert.equal(ended[2]?.failure?.message, 'etcdserver: server stopped');
  });

  it('progress is asked for -> told while nothing happens, once an interval', async () => {
    const { sim, call, create } = await started();
    create({ ...CREATE_ALL, progressNotify: true });
    await written(sim, 'a', '1');
    responses(call);
    await sim.pass(1_400_000);
    const [progress] = responses(call);
    assert.deepEqual([progress?.watchId, progress?.header?.revision], [0n, 2]);
    assert.deepEqual(progress?.events, []);
  });
});
