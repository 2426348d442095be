/** The one expectation of the whole matrix: a restart serves exactly the durable prefix. */
import assert from 'node:assert/strict';
import { latin1 } from '../../src/base/bytes.ts';
import {
  Event,
  KeyValue,
  RangeRequest,
  RangeResponse,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../../src/pb/index.ts';
import type { SimMember } from '../sim/sim-member.ts';
import { written } from '../support/server/requests.ts';
import { consistentIndex, keyRows } from './backend-rows.ts';
import { bootedOn, type Ending, ended, type Remains, remainsOf } from './lives.ts';
import { byLease, type KeyState, LogModel, type MemberContent } from './log-model.ts';
import { Knowledge } from './scripted-client.ts';
import { lastIndexOf, survivingLog } from './surviving-log.ts';

const ALL_KEYS = Uint8Array.of(0);
/** Behind all keys of the scripts. */
const PROBE = { key: '~', value: 'probe' };

/**
 * Starts a member on `remains` and compares all it says with what the surviving log adds up to;
 * lets it write once, ends it by `ending` and starts it again, to the same and that write; and
 * compares, at the end, the rows that are left in the backend.
 */
export async function assertRecovers(remains: Remains, ending: Ending): Promise<void> {
  const model = durableModel(remains);
  for (const { label, revision } of remains.knowledge.answers) {
    assert.equal(model.revisionAfter(label), revision, `answered, so in the log: ${label}`);
  }
  const first = bootedOn(remains);
  await first.sim.start();
  const content = await contentOf(first.sim);
  assert.deepEqual(content, model.content(), 'serves what the surviving log adds up to');
  const revision = content.revision + 1;
  assert.equal(await written(first.sim, PROBE.key, PROBE.value), revision, 'the log goes on');
  const { sim } = bootedOn(ended(remainsOf(first, remains), ending));
  await sim.start();
  assert.deepEqual(await contentOf(sim), withProbe(content), 'a second recovery is the same');
  await sim.settled(sim.member.store.compactionsSettled());
  sim.checkInvariants();
  assert.deepEqual(sim.fatals, []);
  await sim.stop();
  const rows = [...model.keptRows(), `${revision}/0`];
  assert.deepEqual(keyRows(sim.disks.backend), rows, 'rows left in the backend');
}

/** The content with one write more. */
function withProbe(content: MemberContent): MemberContent {
  const { key, value } = PROBE;
  const revision = content.revision + 1;
  const [createRevision, modRevision] = [revision, revision];
  const state = { value, createRevision, modRevision, version: 1, lease: 0n };
  return {
    ...content,
    revision,
    rows: [...content.rows, [key, state] as const],
    events: [...content.events, { revision, key, state }],
  };
}

/** The durable prefix: up to the last entry that the log, as its bytes are, still holds. */
export function durableModel({ disks, knowledge }: Remains): LogModel {
  const found = new Knowledge(knowledge);
  const last = Math.max(lastIndexOf(survivingLog(disks.files)), consistentIndex(disks));
  found.forgetFrom(last + 1);
  const indexes = [...found.entries.keys()].sort((a, b) => a - b);
  assert.deepEqual(
    indexes,
    Array.from(indexes, (_, i) => i + 1),
    'the history has no gap',
  );
  return new LogModel(indexes.flatMap((index) => found.entries.get(index) ?? []));
}

export async function contentOf(sim: SimMember): Promise<MemberContent> {
  const { store, lessor } = sim.member;
  const all = RangeRequest.create({ key: ALL_KEYS, rangeEnd: ALL_KEYS });
  const range = sim.unary('/etcdserverpb.KV/Range', RangeRequest, all);
  await sim.until(() => range.isOver);
  assert.ok(range.response !== undefined, range.failure?.message);
  const { header, kvs } = RangeResponse.decode(range.response);
  const revision = header?.revision ?? 0;
  return {
    revision,
    compactRevision: store.compactRevision,
    rows: kvs.map((kv) => keyState(KeyValue.decode(kv))),
    events: await eventsOf(sim, Math.max(1, store.compactRevision) + 1, revision),
    leases: lessor
      .list()
      .map((lease) => [lease, lessor.keys(lease).map(latin1)] as const)
      .sort(byLease),
  };
}

/** What a watcher is told of revisions `from` to `to`. */
async function eventsOf(
  sim: SimMember,
  from: number,
  to: number,
): Promise<MemberContent['events']> {
  const events: MemberContent['events'][number][] = [];
  if (from > to) return events;
  const watch = sim.bidi('/etcdserverpb.Watch/Watch');
  const createRequest = WatchCreateRequest.create({
    key: ALL_KEYS,
    rangeEnd: ALL_KEYS,
    startRevision: from,
  });
  watch.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
  await sim.until(() => {
    for (const bytes of watch.take()) {
      const response = WatchResponse.decode(bytes);
      assert.equal(response.canceled, false, response.cancelReason);
      events.push(...response.events.map(decodedEvent));
    }
    return (events.at(-1)?.revision ?? 0) >= to;
  });
  watch.cancel();
  return events;
}

function decodedEvent(bytes: Uint8Array): MemberContent['events'][number] {
  const { type, kv } = Event.decode(bytes);
  const [key, state] = keyState(KeyValue.decode(kv ?? new Uint8Array(0)));
  return { revision: state.modRevision, key, state: type === 1 ? undefined : state };
}

function keyState(kv: KeyValue): readonly [string, KeyState] {
  const { createRevision, modRevision, version, lease } = kv;
  return [latin1(kv.key), { value: latin1(kv.value), createRevision, modRevision, version, lease }];
}
