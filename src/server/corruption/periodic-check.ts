/**
 * The leader compares its state with those of the other members at one revision
 * (`--corrupt-check-time`).
 */
import type { MemberId } from '../../base/ids.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { StoreHash } from '../../mvcc/index.ts';
import type { MemberView } from '../api/member-view.ts';
import { hexId } from '../membership/member.ts';
import { ownHash } from './own-hash.ts';
import type { AskPeers, PeerReply } from './peer-hashes.ts';

export interface PeriodicCheckPorts {
  readonly member: Pick<MemberView, 'store' | 'cluster' | 'linearizable'>;
  readonly askPeers: AskPeers;
  readonly logger: Logger;
  /** Raises the alarm of this member. */
  readonly raise: (suspect: MemberId) => void;
}

/**
 * Raises the alarm of the first member that cannot have the same state; of who does not answer
 * nothing is said. Rejects when this member cannot tell its own hash, or whether it is up to date.
 */
export async function periodicCheck(ports: PeriodicCheckPorts): Promise<void> {
  const { member, askPeers, logger, raise } = ports;
  const { localId } = member.cluster;
  const before = await ownHash(member.store);
  const replies = await askPeers(member.cluster, before.revision);
  // Whatever they had applied when they answered, this member has applied then.
  await new Promise<void>((run, fail) => member.linearizable({ run, fail }));
  const own = { before, after: await ownHash(member.store) };
  const findings = [
    ...ownFindings(own, localId),
    ...replies.flatMap((reply) => peerFindings(own, reply)),
  ];
  for (const { message, fields } of findings) logger.warn(message, fields);
  const first = findings[0];
  if (first !== undefined) raise(first.suspect);
  logger.info('finished peer corruption check', {
    'number-of-peers-checked': replies.filter(({ hash }) => hash !== undefined).length,
  });
}

interface Finding {
  readonly suspect: MemberId;
  readonly message: string;
  readonly fields: LogFields;
}

/** The leader's hashes before and after the others were asked. */
interface OwnHashes {
  readonly before: StoreHash;
  readonly after: StoreHash;
}

/** Of the same revisions a member has one hash, however often it is asked. */
function ownFindings({ before, after }: OwnHashes, localId: MemberId): Finding[] {
  const isSameSpan =
    before.revision === after.revision && before.compactRevision === after.compactRevision;
  if (!before.isComparable || !isSameSpan || before.hash === after.hash) return [];
  return [
    {
      suspect: localId,
      message: 'found hash mismatch',
      fields: {
        'revision-1': before.revision,
        'compact-revision-1': before.compactRevision,
        'hash-1': before.hash,
        'revision-2': after.revision,
        'compact-revision-2': after.compactRevision,
        'hash-2': after.hash,
      },
    },
  ];
}

function peerFindings({ before, after }: OwnHashes, { id, hash: peer }: PeerReply): Finding[] {
  if (peer === undefined) return [];
  const found: Finding[] = [];
  const find = (message: string, fields: LogFields): void => {
    found.push({ suspect: id, message, fields: { ...fields, 'follower-peer-id': hexId(id) } });
  };
  if (peer.currentRevision > after.currentRevision) {
    find("revision from follower must be less than or equal to leader's", {
      'leader-revision': after.currentRevision,
      'follower-revision': peer.currentRevision,
    });
  }
  if (peer.compactRevision > after.compactRevision) {
    find("compact revision from follower must be less than or equal to leader's", {
      'leader-compact-revision': after.compactRevision,
      'follower-compact-revision': peer.compactRevision,
    });
  }
  // With other floors they are hashes of other rows.
  const isSameSpan = peer.compactRevision === before.compactRevision;
  if (before.isComparable && isSameSpan && peer.hash !== before.hash) {
    find('same compact revision then hashes must match', {
      'leader-compact-revision': after.compactRevision,
      'leader-hash': before.hash,
      'follower-compact-revision': peer.compactRevision,
      'follower-hash': peer.hash,
    });
  }
  return found;
}
