/**
 * Simulated disks as a real etcd leaves them: the log and the .snap files of a member, which are the
 * same for both, and beside them its state of some earlier moment as a database.
 */
import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes.ts';
import { HashKVRequest, HashKVResponse } from '../../../src/pb/index.ts';
import type { MemberOptions } from '../../../src/server/member-options.ts';
import { SimDisks } from '../../sim/sim-disks.ts';
import { SimMember } from '../../sim/sim-member.ts';
import { type Content, contentOf, open, streamed } from '../bbolt/bbolt-files.ts';
import { answered, written } from './requests.ts';

export const KV = '/data/member/kv';
export const SNAP = '/data/member/snap';
export const WAL = '/data/member/wal';
export const DATABASE = `${SNAP}/db`;

export interface EtcdLeft {
  readonly disks: SimDisks;
  /** What a member must show that goes on from these disks. */
  readonly hash: number;
  readonly revision: number;
  /** Entry that the database ends with. */
  readonly index: number;
}

export interface LeftOptions {
  readonly writes?: number;
  /** Writes that are in the log only. */
  readonly unflushed?: number;
  /** What the real etcd has in its database, given what ours would have. */
  readonly database?: (content: Content) => Content;
  readonly member?: Partial<MemberOptions>;
}

/** Leaves a member's disks as an etcd would have left them. */
export async function etcdLeft(options: LeftOptions = {}): Promise<EtcdLeft> {
  const { writes = 50, unflushed = 7, database = (content) => content } = options;
  const sim = new SimMember(1, options.member);
  await sim.start();
  await writeSome(sim, writes - unflushed);
  const { bytes, index } = await imageOf(sim);
  await writeSome(sim, unflushed);
  const hash = await hashKv(sim);
  const revision = sim.member.store.currentRevision;
  sim.crash('kill');
  const { files } = sim.disks;
  files.removeTree(KV);
  files.syncDirectory('/data/member');
  writeFile(sim.disks, DATABASE, streamed(database(contentOf(open(bytes)))));
  return { disks: new SimDisks(files), hash, revision, index };
}

export async function writeSome(sim: SimMember, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await written(sim, `key${n % 9}`, 'v'.repeat(n));
}

export async function hashKv(sim: SimMember): Promise<number> {
  const call = sim.unary('/etcdserverpb.Maintenance/HashKV', HashKVRequest, { revision: 0 });
  return (await answered(sim, call, HashKVResponse)).hash;
}

/** The state as it is, as a file. */
export async function imageOf(sim: SimMember): Promise<{ bytes: Uint8Array; index: number }> {
  const image = await sim.settled(sim.member.stateImage());
  const chunks: Uint8Array[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of image.chunks()) chunks.push(chunk);
    await image.close();
  };
  await sim.settled(read());
  return { bytes: concatBytes(chunks), index: image.facts.index };
}

/** A file that is on disk. */
export function writeFile({ files }: SimDisks, path: string, bytes: Uint8Array): void {
  if (files.stat(path) !== undefined) files.remove(path);
  const file = files.open(path, 'create');
  file.write(bytes, 0);
  file.dataSync();
  files.syncDirectory(path.slice(0, path.lastIndexOf('/')));
}

/** Starts a member on the disks, which must have all that etcd had; until nothing of it is left. */
export async function takenOver({ disks, hash, revision }: EtcdLeft, seed = 2): Promise<SimMember> {
  const sim = new SimMember(seed, {}, disks);
  // Request ids are made from the time: no two lives may have the same ones.
  sim.scheduler.skip(3_600_000);
  await sim.start();
  await sim.until(() => disks.files.stat(DATABASE) === undefined);
  assert.equal(sim.member.store.currentRevision, revision);
  assert.equal(await hashKv(sim), hash);
  return sim;
}

/** Without the rows that etcd has since 3.5 only. */
export function asOf34({ meta = {}, cluster = {}, ...content }: Content): Content {
  const { confState: _, term: __, storageVersion: ___, ...rows } = meta;
  return { ...content, meta: rows, cluster: { ...cluster, clusterVersion: '3.4.0' } };
}
