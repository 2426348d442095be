/** Changes of membership as operators ask for them: checked, proposed, answered when applied. */
import { CodedError } from '../../base/coded-error.ts';
import type { MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { ConfChangeType } from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import type { Cluster } from '../membership/cluster.ts';
import { MembershipError } from '../membership/errors.ts';
import { memberId } from '../membership/ids.ts';
import { hexId, type Member, memberJson, promoteJson, updateJson } from '../membership/member.ts';
import type { PeerActivity } from '../membership/peer-activity.ts';
import { checkMayAdd, checkMayPromote, checkMayRemove } from '../membership/quorum-rules.ts';
import type { PromotionCounters } from '../metrics/member-meters.ts';
import type { ConfChangeDone, ProposedChange } from './conf-change-proposals.ts';
import type { LinearizableRead } from './linearizable-reads.ts';

/** Of the leader's log, the part that a learner must have to become a voter. */
const READY_PART_MIN = 0.9;

/** Called once; with `members` as they were right after the change. */
export type ReconfigurationDone = (
  outcome:
    | { readonly error: Error }
    | { readonly error?: undefined; readonly members: readonly Member[] },
) => void;

export interface ReconfigurationPorts {
  readonly member: { readonly cluster: Cluster };
  readonly raft: {
    readonly isLeader: boolean;
    /** Up to where the log of a member is known to be this leader's; undefined if it is no member. */
    matchOf(id: MemberId): number | undefined;
  };
  readonly peers: PeerActivity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs a read when everything committed by now is applied. */
  readonly whenApplied: (read: LinearizableRead) => void;
  readonly propose: (change: ProposedChange, done: ConfChangeDone) => void;
  readonly promotions: PromotionCounters;
  /** Asks the leader, which alone knows how far learners are; without one a follower refuses. */
  readonly promoteAtLeader?: ((id: MemberId, done: ReconfigurationDone) => void) | undefined;
}

export class Reconfiguration {
  readonly #isStrict: boolean;
  readonly #ports: ReconfigurationPorts;

  /** `isStrict`: whether to refuse what may cost the cluster its majority. */
  constructor(options: { readonly isStrict: boolean }, ports: ReconfigurationPorts) {
    this.#isStrict = options.isStrict;
    this.#ports = ports;
  }

  /** A member with these URLs, as of now: its id depends on the time. */
  newMember(peerURLs: readonly string[], isLearner: boolean): Member {
    const seconds = Math.floor(this.#ports.clock.wallMs() / 1000);
    const id = memberId(peerURLs, String(seconds));
    return { id, peerURLs, isLearner, name: '', clientURLs: [] };
  }

  add(member: Member, done: ReconfigurationDone): void {
    const refusal = (): Error | undefined =>
      this.#refusal('add', member.id, (view) => checkMayAdd(member, view));
    const type = member.isLearner
      ? ConfChangeType.ConfChangeAddLearnerNode
      : ConfChangeType.ConfChangeAddNode;
    const context = utf8Bytes(memberJson(member));
    this.#propose({ change: { type, nodeId: member.id, context }, refusal }, done);
  }

  remove(id: MemberId, done: ReconfigurationDone): void {
    const refusal = (): Error | undefined =>
      this.#refusal('remove', id, (view) => checkMayRemove(id, view));
    const type = ConfChangeType.ConfChangeRemoveNode;
    this.#propose({ change: { type, nodeId: id, context: undefined }, refusal }, done);
  }

  updatePeerURLs(id: MemberId, peerURLs: readonly string[], done: ReconfigurationDone): void {
    const context = utf8Bytes(updateJson(id, peerURLs));
    const change = { type: ConfChangeType.ConfChangeUpdateNode, nodeId: id, context };
    this.#propose({ change, refusal: () => undefined }, done);
  }

  /** Makes a voter of a learner that has almost all of the log; only the leader can tell. */
  promote(id: MemberId, done: ReconfigurationDone): void {
    this.#ports.whenApplied({
      run: () => this.#promote(id, done),
      fail: (error) => done({ error }),
    });
  }

  #promote(id: MemberId, done: ReconfigurationDone): void {
    const { raft, promoteAtLeader } = this.#ports;
    if (raft.isLeader || promoteAtLeader === undefined) this.#promoteHere(id, this.#counted(done));
    else promoteAtLeader(id, done);
  }

  #counted(done: ReconfigurationDone): ReconfigurationDone {
    const { promotions } = this.#ports;
    return (outcome) => {
      const { error } = outcome;
      if (error === undefined) {
        promotions.successes++;
      } else {
        const code = error instanceof CodedError ? String(error.code) : error.name;
        promotions.failures.set(code, (promotions.failures.get(code) ?? 0) + 1);
      }
      done(outcome);
    };
  }

  #promoteHere(id: MemberId, done: ReconfigurationDone): void {
    const refusal = (): Error | undefined =>
      this.#readiness(id) ?? this.#refusal('promote', id, checkMayPromote);
    const context = utf8Bytes(promoteJson(id));
    const change = { type: ConfChangeType.ConfChangeAddNode, nodeId: id, context };
    this.#propose({ change, refusal }, done);
  }

  /** Why `id` cannot be promoted yet. That it is a learner is checked when the change is applied. */
  #readiness(id: MemberId): Error | undefined {
    const { raft, member, logger } = this.#ports;
    const all = raft.matchOf(member.cluster.localId);
    if (!raft.isLeader || all === undefined) {
      return new ServerError('SERVER_NOT_LEADER', 'not leader');
    }
    const match = raft.matchOf(id);
    if (match === undefined) {
      return new MembershipError('MEMBERSHIP_ID_NOT_FOUND', `member ${hexId(id)} not found`);
    }
    if (match >= READY_PART_MIN * all) return undefined;
    logger.error('rejecting promote learner: learner is not ready', {
      'learner-ready-percent': match / all,
      'ready-percent-threshold': READY_PART_MIN,
    });
    return new ServerError('SERVER_LEARNER_NOT_READY', 'the learner lacks entries');
  }

  #refusal(
    change: string,
    id: MemberId,
    check: (view: Parameters<typeof checkMayPromote>[0]) => void,
  ): Error | undefined {
    if (!this.#isStrict) return undefined;
    const { member, peers, clock, logger } = this.#ports;
    try {
      check({ cluster: member.cluster, peers, nowMs: clock.monotonicMs() });
      return undefined;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      logger.warn(`rejecting member ${change} request`, { 'member-id': hexId(id), error });
      return error;
    }
  }

  #propose(proposed: ProposedChange, done: ReconfigurationDone): void {
    const { propose, member, logger } = this.#ports;
    const { change, refusal } = proposed;
    const refused = refusal();
    if (refused !== undefined) return done({ error: refused });
    propose(proposed, (error) => {
      if (error !== undefined) return done({ error });
      logger.info('applied a configuration change through raft', {
        'raft-conf-change-type': change.type,
        'raft-conf-change-node-id': hexId(change.nodeId),
      });
      done({ members: member.cluster.members });
    });
  }
}
