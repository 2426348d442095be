/**
 * What a member does with its disks, as scripts: one for each row of the matrix. Each is carried
 * out again and again, with a fault at one disk call after the other.
 */
import assert from 'node:assert/strict';
import type { MemberOptions } from '../../src/server/member-options.ts';
import { PowerLossError } from '../sim/memory-file-system.ts';
import { finishedCompaction } from './backend-rows.ts';
import { segmentPaths, snapshotPaths } from './disk-paths.ts';
import type { ScriptedClient } from './scripted-client.ts';

export interface Operation {
  readonly name: string;
  readonly options?: Partial<MemberOptions>;
  /** A life before: brings the disks to where the operation finds them. */
  readonly before?: (client: ScriptedClient) => Promise<void>;
  /** How that life ends; a stop unless given. */
  readonly beforeEnds?: 'stop' | 'kill';
  /** Runs up to where the operation begins; nothing fails here. */
  readonly arrange?: (client: ScriptedClient) => Promise<void>;
  /** The operation. Ends early when the member fails. */
  readonly run: (client: ScriptedClient) => Promise<void>;
  /** Shows that an undisturbed run did what the row is about. */
  readonly didHappen: (client: ScriptedClient) => boolean;
}

/** No snapshot is due, and nothing is purged; rows change some of it. */
export const NO_SNAPSHOTS: MemberOptions['snapshots'] = {
  entries: 10_000,
  catchUpEntries: 10,
  logBytesMax: 1 << 20,
  segmentsMax: 5,
  snapshotsMax: 5,
};
/** A value that makes a record longer than a disk sector. */
const LONG = 700;
/** Longer than it takes until everything applied is in the backend. */
const FLUSH_MS = 300;

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'first start',
    run: startAndWrite,
    didHappen: ({ knowledge }) => knowledge.answers.length === 1,
  },
  {
    name: 'start: everything is in the backend',
    before: started(writeSome),
    run: startAndWrite,
    didHappen: ({ sim }) => logged(sim, 'raft role'),
  },
  {
    name: 'start: entries behind consistent_index',
    before: started(leaveUnflushed),
    beforeEnds: 'kill',
    run: startAndWrite,
    didHappen: ({ knowledge }) => knowledge.answers.length > 20,
  },
  {
    name: 'start: the last write of the log is torn',
    before: started(leaveTornTail),
    beforeEnds: 'kill',
    run: startAndWrite,
    didHappen: ({ sim }) => logged(sim, 'repaired WAL'),
  },
  {
    name: 'start: a compaction was interrupted',
    options: { compactionBatchLimit: 2, compactionPauseMs: 200 },
    before: started(leaveCompactionUnfinished),
    beforeEnds: 'kill',
    run: async (client) => {
      await startAndWrite(client);
      await client.pass(3000);
    },
    didHappen: ({ sim }) => finishedCompaction(sim.disks) === 30,
  },
  {
    name: 'append: one batch of writes',
    arrange: started(),
    run: async (client) => {
      writeBatch(client, 'a');
      await client.settle();
      await client.pass(FLUSH_MS);
    },
    didHappen: ({ knowledge }) => knowledge.answers.length === 12,
  },
  {
    name: 'append: the log goes into its next segments',
    options: { snapshots: NO_SNAPSHOTS },
    arrange: started(),
    run: async (client) => {
      await writeLong(client, 24);
      await client.pass(FLUSH_MS);
    },
    didHappen: ({ sim }) => segmentPaths(sim.files).length === 3,
  },
  {
    name: 'snapshot: .snap file and its record in the log',
    options: { snapshots: { ...NO_SNAPSHOTS, entries: 8 } },
    arrange: started(),
    run: async (client) => {
      for (const first of [0, 12]) {
        await writeOneByOne(client, first);
        await client.pass(FLUSH_MS);
      }
    },
    didHappen: ({ sim }) => snapshotPaths(sim.files).length >= 2,
  },
  {
    name: 'purge: segments and snapshots beyond what is kept',
    options: { snapshots: { ...NO_SNAPSHOTS, entries: 12, segmentsMax: 2, snapshotsMax: 2 } },
    before: started((client) => writeLong(client, 60)),
    arrange: started((client) => client.pass(29_000)),
    run: (client) => client.pass(1500),
    didHappen: ({ sim }) =>
      segmentPaths(sim.files).length === 2 && snapshotPaths(sim.files).length === 2,
  },
  {
    name: 'purge: allowed more than a start can spare',
    options: { snapshots: { ...NO_SNAPSHOTS, entries: 40, segmentsMax: 1, snapshotsMax: 1 } },
    before: started((client) => writeLong(client, 60)),
    arrange: started((client) => client.pass(29_000)),
    run: (client) => client.pass(1500),
    didHappen: ({ sim }) => logged(sim, 'purged') && segmentPaths(sim.files).length > 1,
  },
  {
    name: 'compaction: logical, physical in slices, marker',
    options: { compactionBatchLimit: 5, batchOperationsMax: 12 },
    before: started(writeHistory),
    arrange: started(),
    run: async (client) => {
      client.compact(20);
      await client.settle();
      await client.pass(100);
      client.compact(30, true);
      await client.settle();
      await client.pass(FLUSH_MS);
    },
    didHappen: ({ sim }) => finishedCompaction(sim.disks) === 30,
  },
  {
    name: 'lease: granted, attached, expired',
    arrange: started(),
    run: async (client) => {
      client.grant(7n, 2);
      client.grant(8n, 600);
      await client.settle();
      client.put('x', 'v1', 7n);
      client.put('y', 'v2', 7n);
      client.put('z', 'v3', 8n);
      await client.settle();
      await client.until(() => !client.sim.member.lessor.exists(7n));
      await client.pass(FLUSH_MS);
    },
    didHappen: ({ sim }) => sim.member.lessor.list().length === 1,
  },
  {
    name: 'stop: with writes under way',
    arrange: started(async (client) => {
      await writeSome(client);
      writeBatch(client, 'b');
      await client.until(() => client.sim.log.pending > 0);
    }),
    run: (client) => client.sim.stop(),
    didHappen: ({ sim }) => sim.disks.backend.lockedBy === undefined,
  },
];

/** Starts the member, then does `next`. */
function started(
  next: (client: ScriptedClient) => Promise<void> = () => Promise.resolve(),
): (client: ScriptedClient) => Promise<void> {
  return async (client) => {
    await client.sim.start();
    await next(client);
  };
}

async function startAndWrite(client: ScriptedClient): Promise<void> {
  await client.sim.start();
  client.put('first', 'of this life');
  await client.settle();
  await client.pass(FLUSH_MS);
}

/** Twelve requests of one turn, of every kind. */
function writeBatch(client: ScriptedClient, tag: string): void {
  for (let i = 0; i < 3; i++) {
    client.put(`${tag}${i}`, `v${i}`);
    client.put(`${tag}${i}`, 'x'.repeat(LONG));
    client.txn({ [`${tag}${i}`]: `t${i}`, [`${tag}txn${i}`]: `u${i}` });
    client.delete(`${tag}${i}`);
  }
}

async function writeSome(client: ScriptedClient): Promise<void> {
  for (const tag of ['p', 'q']) {
    writeBatch(client, tag);
    await client.settle();
  }
}

async function writeOneByOne(client: ScriptedClient, first: number): Promise<void> {
  for (let i = first; i < first + 12 && !client.hasFailed; i++) {
    client.put(`k${i % 3}`, `v${i}`);
    await client.settle();
  }
}

/** Long values, six in a turn. */
export async function writeLong(client: ScriptedClient, count: number): Promise<void> {
  for (let i = 0; i < count && !client.hasFailed; i++) {
    client.put(`k${i % 5}`, `${i}-`.padEnd(LONG, 'x'));
    if (i % 6 === 5) await client.settle();
  }
}

/** Revisions 2 to 41 of five keys, of which one ends deleted. */
export async function writeHistory(client: ScriptedClient): Promise<void> {
  for (let i = 0; i < 39; i++) client.put(i < 20 ? `k${i % 5}` : `k${i % 4}`, `v${i}`);
  client.delete('k4');
  await client.settle();
}

async function leaveUnflushed(client: ScriptedClient): Promise<void> {
  writeBatch(client, 'p');
  await client.settle();
  await client.pass(FLUSH_MS);
  client.sim.holdsCommits = true;
  writeBatch(client, 'q');
  await client.settle();
}

async function leaveTornTail(client: ScriptedClient): Promise<void> {
  await leaveUnflushed(client);
  // The commit index is written without a sync, behind the answers.
  await client.pass(50);
  client.sim.files.losePowerAfter(0);
  client.put('torn', 'x'.repeat(4 * LONG));
  await assert.rejects(client.settle(), PowerLossError);
}

async function leaveCompactionUnfinished(client: ScriptedClient): Promise<void> {
  await writeHistory(client);
  client.compact(30);
  await client.settle();
  await client.pass(500);
}

function logged(sim: ScriptedClient['sim'], message: string): boolean {
  return sim.logLines.some((line) => line.message === message);
}
