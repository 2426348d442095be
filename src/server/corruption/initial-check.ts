/**
 * Compares the state that a member starts with to what the others say of that revision, before it
 * takes part in anything (feature gate InitialCorruptCheck).
 */
import type { Logger } from '../../base/ports/logger.ts';
import type { Store, StoreHash } from '../../mvcc/index.ts';
import { durationText } from '../config/go-values.ts';
import type { Cluster } from '../membership/cluster.ts';
import { hexId } from '../membership/member.ts';
import { CorruptionError, type CorruptionErrorCode } from './errors.ts';
import { ownHash } from './own-hash.ts';
import type { AskPeers, PeerReply } from './peer-hashes.ts';

export interface InitialCheckPorts {
  readonly askPeers: AskPeers;
  readonly logger: Logger;
}

export interface CheckedState {
  readonly store: Store;
  readonly cluster: Cluster;
}

/**
 * Rejects with CORRUPTION_FOUND when a member has another hash of the same revisions. One that does
 * not answer, or cannot have the hash, is passed over with a line in the log.
 */
export async function initialCheck(
  { store, cluster }: CheckedState,
  requestTimeoutMs: number,
  { askPeers, logger }: InitialCheckPorts,
): Promise<void> {
  const local = hexId(cluster.localId);
  logger.info('starting initial corruption check', {
    'local-member-id': local,
    timeout: durationText(requestTimeoutMs),
  });
  const own = await ownHash(store);
  let mismatches = 0;
  for (const reply of await askPeers(cluster, own.revision)) {
    const finding = compared(own, reply);
    if (finding === undefined) continue;
    if (finding.isMismatch) mismatches++;
    logger.warn(finding.message, {
      'local-member-id': local,
      ...ownFields(own),
      ...fieldsOf(reply),
    });
  }
  if (mismatches > 0) {
    const message = `${local} found data inconsistency with peers`;
    throw new CorruptionError('CORRUPTION_FOUND', message);
  }
  logger.info('initial corruption checking passed; no corruption', { 'local-member-id': local });
}

interface Finding {
  readonly message: string;
  readonly isMismatch: boolean;
}

const UNCOMPARED: Partial<Record<CorruptionErrorCode, string>> = {
  CORRUPTION_PEER_BEHIND: 'cannot fetch hash from slow remote peer',
  CORRUPTION_PEER_COMPACTED: 'cannot fetch hash from remote peer; local member is behind',
  CORRUPTION_OTHER_CLUSTER: 'cluster ID mismatch',
};

/** Undefined for an equal hash, and where all is said by the line of the failed request. */
function compared(own: StoreHash, { hash: peer, error }: PeerReply): Finding | undefined {
  if (peer === undefined) {
    const message = error instanceof CorruptionError ? UNCOMPARED[error.code] : undefined;
    return message === undefined ? undefined : { message, isMismatch: false };
  }
  if (peer.hash === own.hash || !own.isComparable) return undefined;
  // With other floors they are hashes of other rows.
  return peer.compactRevision === own.compactRevision
    ? { message: 'found different hash values from remote peer', isMismatch: true }
    : { message: 'found different compact revision values from remote peer', isMismatch: false };
}

function ownFields(own: StoreHash): Record<string, unknown> {
  return {
    'local-member-revision': own.revision,
    'local-member-compact-revision': own.compactRevision,
    'local-member-hash': own.hash,
  };
}

function fieldsOf({ id, peerURLs, hash, error }: PeerReply): Record<string, unknown> {
  const peer = { 'remote-peer-id': hexId(id), 'remote-peer-endpoints': peerURLs };
  if (hash === undefined) return { ...peer, error };
  return {
    ...peer,
    'remote-peer-revision': hash.currentRevision,
    'remote-peer-compact-revision': hash.compactRevision,
    'remote-peer-hash': hash.hash,
  };
}
