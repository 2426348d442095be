/**
 * Applies committed entries to the replicated state: the same effects on every member, whatever
 * it is and whoever waits for the result. A request that fails is applied too, as a failure; an
 * exception that leaves this file is a bug of ours and stops the member.
 */
import { assert } from '../../base/assert.ts';
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { CodedError } from '../../base/coded-error.ts';
import type { LogIndex, Term } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { WriteBuffer } from '../../mvcc/index.ts';
import { type Entry, EntryType, type InternalRaftRequest } from '../../pb/index.ts';
import { confChangeOf } from '../../raft/index.ts';
import { hexId } from '../membership/member.ts';
import { applyConfChange, type ConfChangeTarget, memberChangeOf } from './conf-changes.ts';
import { confStateJson } from './conf-state-json.ts';
import { decodedFrom } from './decoded-from.ts';
import { applyRequest, type EntryContext } from './dispatch.ts';
import { decodeEntry } from './entry-data.ts';
import type { ReplicatedState } from './replicated-state.ts';
import type { Outcome } from './requests.ts';
import { type SpaceCheck, spaceCost } from './space-cost.ts';

/** What the applier tells about, beside changing state. */
export interface ApplyEvents {
  /** A request is about to be applied. */
  applying(): void;
  /** It is applied; before `settled` tells whoever waits. */
  applied(request: InternalRaftRequest, outcome: Outcome): void;
  /** The outcome of the request that proposed this entry, on whichever member it waits. */
  settled(requestId: bigint, outcome: Outcome): void;
  /**
   * The request was applied, as everywhere, but this member had no room for it: it raises the
   * alarm, and whoever waits here is then told that there is no space.
   */
  outgrown(requestId: bigint): void;
  /** A leader's first entry of its term is applied: all before it is, too. */
  termStarted(term: Term): void;
  /** The membership change `id` is applied, or refused because of `error`. */
  reconfigured(id: bigint, error: CodedError<string> | undefined): void;
  /** The version of the cluster has been decided, or decided again. */
  versionSet(former: string | undefined): void;
  /** This member has been removed from the cluster. */
  removed(): void;
}

export interface ApplierPorts {
  readonly state: ReplicatedState;
  readonly buffer: WriteBuffer;
  readonly raft: ConfChangeTarget;
  readonly quota: SpaceCheck;
  readonly events: ApplyEvents;
  readonly logger: Logger;
}

export class Applier {
  readonly #ports: ApplierPorts;

  constructor(ports: ApplierPorts) {
    this.#ports = ports;
  }

  /** Index of the last applied entry. */
  get appliedIndex(): LogIndex {
    return this.#ports.buffer.appliedIndex;
  }

  /** Applies the next entry. `nowMs` is monotonic time; it reaches nothing that is replicated. */
  apply(entry: Entry, nowMs: number): void {
    const { buffer } = this.#ports;
    assert(entry.index > buffer.appliedIndex, 'entries are applied once and in order');
    if (entry.type !== EntryType.EntryNormal) this.#confChange(entry);
    else if (entry.data === undefined || entry.data.length === 0) {
      this.#ports.events.termStarted(entry.term);
    } else this.#normal(entry, { index: entry.index, nowMs });
    buffer.setApplied(entry.index, entry.term);
  }

  #normal(entry: Entry, context: EntryContext): void {
    const request = decodedFrom(entry, requestOf);
    if (request === undefined) return;
    const { state, quota, events } = this.#ports;
    const hasRoom = quota.hasRoomFor(spaceCost(request));
    const former = state.cluster.version;
    events.applying();
    const outcome = applyRequest(request, state, context);
    events.applied(request, outcome);
    if (request.clusterVersionSet !== undefined) events.versionSet(former);
    if (hasRoom || outcome.error !== undefined) events.settled(requestId(request), outcome);
    else events.outgrown(requestId(request));
  }

  #confChange(entry: Entry): void {
    const { state, buffer, raft, logger, events } = this.#ports;
    const found = decodedFrom(entry, confChangeOf);
    const change = memberChangeOf(found);
    if (change === undefined) {
      buffer.setConfState(confStateJson(raft.applyConfChange(found)));
      return;
    }
    const applied = applyConfChange(change, state.cluster, raft);
    if (applied.rejected !== undefined) {
      logger.error('rejected a membership change', {
        'member-id': hexId(change.nodeId),
        error: applied.rejected.message,
      });
    }
    buffer.setConfState(confStateJson(applied.confState));
    events.reconfigured(change.id, applied.rejected);
    if (applied.removedSelf) events.removed();
  }
}

function requestOf({ data = EMPTY_BYTES }: Entry): InternalRaftRequest | undefined {
  return decodeEntry(data);
}

/** The id stands in the header; entries of old members have it in a field of its own. */
function requestId(request: InternalRaftRequest): bigint {
  return request.header?.ID ?? request.ID;
}
