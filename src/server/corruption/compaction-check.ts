/**
 * The leader compares what all members have seen at the same compaction (feature gate
 * CompactHashCheck): that was computed once, at one revision of each, so nothing has to be hashed
 * again, and the members that are in the majority are taken to be right.
 */
import type { MemberId, Revision } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { RevisionHash } from '../../mvcc/index.ts';
import type { MemberView } from '../api/member-view.ts';
import { durationText } from '../config/go-values.ts';
import { hexId } from '../membership/member.ts';
import type { AskPeers, PeerReply } from './peer-hashes.ts';

/** Whose alarm it is when nobody knows which member is wrong. */
export const NO_MEMBER: MemberId = 0n;

export interface CompactionCheckPorts {
  readonly member: Pick<MemberView, 'store' | 'cluster'>;
  readonly askPeers: AskPeers;
  readonly logger: Logger;
  readonly raise: (suspect: MemberId) => void;
}

export class CompactionCheck {
  readonly #requestTimeoutMs: number;
  readonly #ports: CompactionCheckPorts;
  /** The newest compaction at which all members were seen to agree. */
  #checked: Revision = 0;

  constructor(requestTimeoutMs: number, ports: CompactionCheckPorts) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#ports = ports;
  }

  /** From the newest compaction back to one of which every member can tell the hash. */
  async run(): Promise<void> {
    const { member, askPeers, logger } = this.#ports;
    logger.info('starting compact hash check', {
      'local-member-id': hexId(member.cluster.localId),
      timeout: durationText(this.#requestTimeoutMs),
    });
    const unchecked = member.store.compactionHashes
      .filter(({ revision }) => revision > this.#checked)
      .reverse();
    let asked = 0;
    for (const own of unchecked) {
      asked++;
      const replies = await askPeers(member.cluster, own.revision);
      if (replies.length > 0 && this.#isSettled(own, replies)) break;
    }
    logger.info('finished compaction hash check', { 'number-of-hashes-checked': asked });
  }

  /** Whether older compactions need not be looked at. */
  #isSettled(own: RevisionHash, replies: readonly PeerReply[]): boolean {
    const compared = replies.filter((reply) => this.#isComparable(own, reply, replies.length));
    const byHash = new Map([[own.hash, [this.#ports.member.cluster.localId]]]);
    for (const { id, hash } of compared) {
      if (hash === undefined) continue;
      const same = byHash.get(hash.hash);
      if (same === undefined) byHash.set(hash.hash, [id]);
      else same.push(id);
    }
    if (byHash.size > 1) {
      this.#mismatch(own, byHash, replies.length + 1);
      return true;
    }
    const { logger } = this.#ports;
    const facts = {
      'number-of-peers-checked': compared.length,
      revision: own.revision,
      compactRevision: own.compactRevision,
    };
    if (compared.length === replies.length) {
      logger.info('successfully checked hash on whole cluster', facts);
      this.#checked = own.revision;
      return true;
    }
    logger.warn('skipped revision in compaction hash check; was not able to check all peers', {
      ...facts,
      'number-of-peers': replies.length,
    });
    return false;
  }

  #isComparable(own: RevisionHash, { id, hash }: PeerReply, peers: number): boolean {
    if (hash !== undefined && hash.compactRevision === own.compactRevision) return true;
    const reason =
      hash === undefined
        ? 'no response'
        : `the peer's CompactRevision ${hash.compactRevision} doesn't match leader's CompactRevision ${own.compactRevision}`;
    this.#ports.logger.warn("Skipped peer's hash", {
      'number-of-peers': peers,
      'leader-id': hexId(this.#ports.member.cluster.localId),
      'peer-id': hexId(id),
      reason,
    });
    return false;
  }

  /** Raises the alarms of all members outside a majority; without one, the alarm of nobody. */
  #mismatch(
    own: RevisionHash,
    byHash: ReadonlyMap<number, readonly MemberId[]>,
    memberCount: number,
  ): void {
    const { member, logger, raise } = this.#ports;
    const leader = {
      'leader-id': hexId(member.cluster.localId),
      'leader-revision': own.revision,
      'leader-compact-revision': own.compactRevision,
      'leader-hash': own.hash,
    };
    const groups = [...byHash];
    const others = groups.filter(([, ids]) => ids.length <= memberCount / 2);
    const hasMajority = others.length < groups.length;
    if (!hasMajority) {
      logger.error(
        'Detected compaction hash mismatch but cannot identify the corrupted members, so intentionally set the memberID as 0',
        leader,
      );
      raise(NO_MEMBER);
    }
    for (const [hash, ids] of others) {
      if (hasMajority) for (const id of ids) raise(id);
      logger.error('Detected compaction hash mismatch', {
        ...leader,
        'peer-hash': hash,
        'peer-ids': ids.map(hexId).join(','),
        'quorum-exist': hasMajority,
      });
    }
  }
}
