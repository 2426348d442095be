/** The leader's side of snapshots, for members that lack compacted entries (Raft §7). */
import type { LogIndex, MemberId } from '../base/ids.ts';
import { MessageType, Snapshot, type SnapshotMetadata } from '../pb/index.ts';
import { configurationOf, membersOf } from './configuration.ts';
import type { Progress } from './progress.ts';
import type { RaftState } from './raft-state.ts';

/**
 * Sends word of the newest snapshot; the caller that carries the message out puts in the data.
 * Nothing goes to a member that is not known to be up, for a snapshot is not sent on the off chance.
 * Returns whether it was sent.
 */
export function sendSnapshot(state: RaftState, to: MemberId, progress: Progress): boolean {
  if (!progress.isActive) return false;
  const { log, ports } = state;
  const metadata = ports.snapshots?.newest();
  if (metadata === undefined || !isOfUse(metadata, to, log.firstIndex)) {
    ports.logger?.debug('there is no snapshot to send', { member: to, next: progress.next });
    return false;
  }
  const { index, term } = metadata;
  ports.logger?.info('sends a snapshot', { member: to, index, term });
  progress.snapshotSent(index);
  const snapshot = Snapshot.create({ data: undefined, metadata });
  state.send({ type: MessageType.MsgSnap, to, snapshot });
  return true;
}

/**
 * Behind a snapshot that is older than the log's start, entries would be missing again; and a
 * member refuses one from before it was added.
 */
function isOfUse(metadata: SnapshotMetadata, to: MemberId, firstIndex: LogIndex): boolean {
  const { confState, index } = metadata;
  return index + 1 >= firstIndex && membersOf(configurationOf(confState)).has(to);
}
