/** Single calls around a load: where the store stands, and cleaning up. */
import {
  CompactionRequest,
  DeleteRangeRequest,
  KVService,
  MaintenanceService,
  RangeRequest,
  RangeResponse,
  StatusRequest,
  StatusResponse,
} from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';
import { ClosedLoop } from './closed-loop.ts';
import { ConnectionGroup, type Endpoint } from './connection-group.ts';
import { RequestSet } from './request-set.ts';

/** Real etcd pauses 10 ms behind each 1000 revisions that it removes. */
const COMPACTION_STALL_MS = 300_000;

/** How much of the disk the store takes, and how much of that it needs. */
export interface StoreSize {
  readonly totalBytes: number;
  readonly inUseBytes: number;
}

export class ControlClient {
  readonly #endpoints: readonly Endpoint[];
  readonly #groups: readonly ConnectionGroup[];

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
    this.#groups = endpoints.map((endpoint) => new ConnectionGroup([endpoint], 1));
  }

  /** The store's revision, by a linearizable read through each endpoint: all give the same one. */
  async revision(): Promise<number> {
    const request = RangeRequest.create({ key: Uint8Array.of(0x78), countOnly: true });
    const body = RangeRequest.encode(request);
    const revisions = await Promise.all(
      this.#groups.map(async (group) => {
        const answer = await call(group, KVService.methods.Range.path, body);
        return RangeResponse.decode(answer).header?.revision;
      }),
    );
    const [revision] = revisions;
    if (revision === undefined || revisions.some((other) => other !== revision)) {
      throw new BenchError('BENCH_REVISION', `the members are at ${revisions.join(', ')}`);
    }
    return revision;
  }

  /** Deletes all keys in [key, rangeEnd). */
  async deleteRange(key: Uint8Array, rangeEnd: Uint8Array): Promise<void> {
    const request = DeleteRangeRequest.create({ key, rangeEnd });
    const body = DeleteRangeRequest.encode(request);
    const [group] = this.#groups;
    if (group !== undefined) await call(group, KVService.methods.DeleteRange.path, body);
  }

  /** Of the first endpoint. */
  async size(): Promise<StoreSize> {
    const [group] = this.#groups;
    if (group === undefined) throw new BenchError('BENCH_OPTIONS', 'no endpoint');
    const body = StatusRequest.encode(StatusRequest.create({}));
    const answer = await call(group, MaintenanceService.methods.Status.path, body);
    const { dbSize, dbSizeInUse } = StatusResponse.decode(answer);
    return { totalBytes: dbSize, inUseBytes: dbSizeInUse };
  }

  /** Resolves when the history up to `revision` is off the disk of the member asked. */
  async compactPhysically(revision: number): Promise<void> {
    const group = new ConnectionGroup(this.#endpoints, 1, COMPACTION_STALL_MS);
    const body = CompactionRequest.encode(CompactionRequest.create({ revision, physical: true }));
    try {
      await call(group, KVService.methods.Compact.path, body);
    } finally {
      group.close();
    }
  }

  close(): void {
    for (const group of this.#groups) group.close();
  }
}

async function call(group: ConnectionGroup, path: string, body: Uint8Array): Promise<Uint8Array> {
  let answer = new Uint8Array(0);
  const check = (bytes: Uint8Array, start: number, end: number): void => {
    answer = bytes.slice(start, end);
  };
  const kind = { path, writes: false, streaming: false, check };
  await new ClosedLoop(group, 1, new RequestSet(1, () => ({ kind, body }))).run(1);
  return answer;
}
