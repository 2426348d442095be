/**
 * Who votes and who is a member at some entry of a real etcd's log, found as etcd finds it at each
 * start: the newest .snap says it for its own place, and the entries behind say what changed.
 *
 * Up to 3.4 the database tells neither: voters are not in it, and its rows of members may be of a
 * later entry than its keys. In 3.5 the rows may be older ones, by a bug that 3.6 mends at start.
 */
import { assert } from '../../base/assert.ts';
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { BucketWriter } from '../../base/ports/bucket-writer.ts';
import {
  type ConfChange,
  type ConfChangeV2,
  type ConfState,
  type Entry,
  EntryType,
  type InternalRaftRequest,
  type Snapshot,
  type SnapshotMetadata,
  type V2Request,
} from '../../pb/index.ts';
import {
  type Configuration,
  confChangeOf,
  configurationOf,
  confStateOf,
  withChange,
} from '../../raft/index.ts';
import { applyConfChange, type ConfChangeTarget, memberChangeOf } from '../apply/conf-changes.ts';
import { decodedFrom } from '../apply/decoded-from.ts';
import { changeCluster } from '../apply/dispatch.ts';
import { decodeRequest, fromV2, isMembershipV2 } from '../apply/entry-data.ts';
import { ServerError } from '../errors.ts';
import { Cluster, type ClusterOptions } from '../membership/cluster.ts';
import type { Membership } from '../membership/stored-membership.ts';
import { readV2Store } from './v2-store.ts';

/** Methods of v2 requests that change something; others were only read at some place in the log. */
const V2_WRITES: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE']);
const V2_STAGE = '--v2-deprecation=write-only';

const NOWHERE: BucketWriter = { put: () => undefined, remove: () => undefined };
const NO_VOTERS = { voters: [], learners: [], votersOutgoing: [], learnersNext: [] };

export class MembershipReplay {
  readonly cluster: Cluster;
  readonly #voters: Voters;
  #index = 0;
  #term = 0;

  /**
   * Begins at `start`, or with the log. Throws SERVER_START_REFUSED, for what clients have in the
   * v2 store too: they would lose it.
   */
  constructor(options: ClusterOptions, start: Snapshot | undefined) {
    this.cluster = new Cluster(options, NOWHERE);
    this.#voters = new Voters(start?.metadata.confState);
    if (start === undefined) return;
    this.#index = start.metadata.index;
    this.#term = start.metadata.term;
    const { membership, hasUserContent } = readV2Store(start.data ?? new Uint8Array(0));
    if (hasUserContent) throw refused(`custom content in v2store for stage ${V2_STAGE}`);
    this.cluster.assume(membership);
  }

  /** Takes the next entry. Throws SERVER_START_REFUSED for a v2 request that wrote a client's data. */
  apply(entry: Entry): void {
    assert(entry.index === this.#index + 1, 'entries come without a gap');
    if (entry.type !== EntryType.EntryNormal) this.#confChange(entry);
    else if (entry.data !== undefined && entry.data.length > 0) this.#normal(entry);
    this.#index = entry.index;
    this.#term = entry.term;
  }

  /** Where the last entry leaves raft. */
  get place(): SnapshotMetadata {
    return { index: this.#index, term: this.#term, confState: this.#voters.confState };
  }

  /** Who the members are behind the last entry. */
  get membership(): Membership {
    const { members, removed, version } = this.cluster;
    return { members, removed, version, downgradeTarget: undefined };
  }

  #normal(entry: Entry): void {
    const request = decodedFrom(entry, requestOf);
    if (!('path' in request)) {
      changeCluster(request, this.cluster);
      return;
    }
    if (isMembershipV2(request)) {
      const change = fromV2(request);
      if (change !== undefined) changeCluster(change, this.cluster);
    } else if (V2_WRITES.has(request.method)) throw refused(`v2 WAL for stage ${V2_STAGE}`);
  }

  #confChange(entry: Entry): void {
    const found = decodedFrom(entry, confChangeOf);
    const change = memberChangeOf(found);
    if (change === undefined) this.#voters.applyConfChange(found);
    else applyConfChange(change, this.cluster, this.#voters);
  }
}

function requestOf({ data = EMPTY_BYTES }: Entry): InternalRaftRequest | V2Request {
  return decodeRequest(data);
}

class Voters implements ConfChangeTarget {
  #configuration: Configuration;

  constructor(start: ConfState = { ...NO_VOTERS, autoLeave: false }) {
    this.#configuration = configurationOf(start);
  }

  get confState(): ConfState {
    return confStateOf(this.#configuration);
  }

  applyConfChange(change: ConfChange | ConfChangeV2): ConfState {
    this.#configuration = withChange(this.#configuration, change);
    return this.confState;
  }
}

/** In the words of etcd 3.6. */
function refused(what: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', `detected disallowed ${what}`);
}
