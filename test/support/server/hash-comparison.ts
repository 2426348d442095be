/** Member 1 of a cluster, whose own hashes and those of the others are scripted. */
import type { Revision } from '../../../src/base/ids.ts';
import type { RevisionHash, Store, StoreHash } from '../../../src/mvcc/index.ts';
import type { AskPeers, PeerReply } from '../../../src/server/corruption/peer-hashes.ts';
import type { PeriodicCheckPorts } from '../../../src/server/corruption/periodic-check.ts';
import { Cluster } from '../../../src/server/membership/cluster.ts';
import type { PeerHash } from '../../../src/server/peer/serve/peer-services.ts';
import { RecordingLogger } from '../recording-logger.ts';

/** Member `id` is behind two URLs, `http://m<id>:1` and `http://m<id>:2`. */
export function clusterOf(count: number): Cluster {
  const writer = { put: () => undefined, remove: () => undefined };
  const cluster = new Cluster({ cluster: 9n, local: 1n }, writer);
  for (let id = 1n; id <= count; id++) {
    const peerURLs = [`http://m${id}:1`, `http://m${id}:2`];
    cluster.add({ id, peerURLs, isLearner: false, name: 'm', clientURLs: [] });
  }
  return cluster;
}

/** What members say at `revision`; a number is a hash at that revision with floor 5. */
export type Said = number | Partial<PeerHash> | Error;

export class HashComparison {
  readonly logger = new RecordingLogger();
  readonly cluster: Cluster;
  readonly raised: bigint[] = [];
  readonly asked: Revision[] = [];
  /** Own hashes, in the order in which they are asked for; the last one stays. */
  own: StoreHash[] = [
    { hash: 7, revision: 10, currentRevision: 10, compactRevision: 5, isComparable: true },
  ];
  compactions: RevisionHash[] = [];
  readonly #said: (revision: Revision) => readonly Said[];

  /** `said`: of members 2, 3 and so on. */
  constructor(said: readonly Said[] | ((revision: Revision) => readonly Said[])) {
    this.#said = typeof said === 'function' ? said : () => said;
    this.cluster = clusterOf(1 + this.#said(10).length);
  }

  readonly raise = (suspect: bigint): void => void this.raised.push(suspect);

  readonly askPeers: AskPeers = (_cluster, revision) => {
    this.asked.push(revision);
    return Promise.resolve(this.#said(revision).map((said, at) => this.#reply(said, at, revision)));
  };

  get member() {
    const { cluster, store } = this;
    return { cluster, store, linearizable: ({ run }: { run: () => void }) => run() };
  }

  /** Ports of a check, with another member. */
  portsFor(member: Partial<PeriodicCheckPorts['member']>): PeriodicCheckPorts {
    const { askPeers, logger, raise } = this;
    return { askPeers, logger, raise, member: { ...this.member, ...member } };
  }

  get store(): Store {
    const own = this.own;
    const store: Pick<Store, 'hashKv' | 'compactionHashes'> = {
      hashKv: () => Promise.resolve((own.length > 1 ? own.shift() : own[0]) as StoreHash),
      compactionHashes: this.compactions,
    };
    return store as Store;
  }

  /** Messages of one level. */
  said(level: 'info' | 'warn' | 'error'): string[] {
    return this.logger.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  #reply(said: Said, at: number, revision: Revision): PeerReply {
    const id = BigInt(at + 2);
    const peer = { id, peerURLs: [`http://m${id}:1`] };
    if (said instanceof Error) return { ...peer, hash: undefined, error: said };
    const given = typeof said === 'number' ? { hash: said } : said;
    const same = { hash: 7, currentRevision: revision, compactRevision: 5, hashRevision: revision };
    return { ...peer, hash: { ...same, ...given }, error: undefined };
  }
}
