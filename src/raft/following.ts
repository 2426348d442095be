/** The follower's side of log replication (Raft §5.3) and of snapshots (§7). */
import type { LogIndex, MemberId } from '../base/ids.ts';
import { type Message, MessageType, Snapshot } from '../pb/index.ts';
import { configurationOf, membersOf } from './configuration.ts';
import type { RaftState } from './raft-state.ts';

/**
 * Takes over the entries of an append, or says where the logs can meet. A refusal names the
 * highest index at which this log can agree with the leader's, and its term there, so that the
 * leader skips whole terms instead of going back entry by entry.
 */
export function handleAppend(state: RaftState, message: Message): void {
  const { log } = state;
  const { from: to, index, logTerm } = message;
  if (index < log.commit) {
    // An old message: everything up to the commit index agrees with any leader's log.
    accept(state, to, log.commit);
    return;
  }
  const agreed = log.merge({ index, term: logTerm }, message.entries);
  if (agreed === undefined) {
    const hint = log.conflictPoint(index, logTerm);
    state.send({
      type: MessageType.MsgAppResp,
      to,
      index,
      reject: true,
      rejectHint: hint.index,
      logTerm: hint.term,
    });
    return;
  }
  log.commitTo(Math.min(message.commit, agreed));
  accept(state, to, agreed);
}

/**
 * Starts anew from a snapshot, unless this log holds all of it or the snapshot cannot be meant
 * for this member. The state itself follows when the caller has installed it. The answer says
 * either way how far this member is, once that is on disk.
 */
export function handleSnapshot(state: RaftState, message: Message): void {
  const { log, ports } = state;
  const { from: to, snapshot = Snapshot.create({}) } = message;
  const { confState, index, term } = snapshot.metadata;
  const configuration = configurationOf(confState);
  const isOurs = membersOf(configuration).has(state.id);
  // One at a time: the leader finds out by the answer what is still missing after this one.
  if (index <= log.commit || !isOurs || log.isInstalling) {
    ports.logger?.info('ignored a snapshot', { member: state.id, index, commit: log.commit });
    accept(state, to, log.commit);
    return;
  }
  if (log.matches({ index, term })) {
    // The log gets there by itself; its configuration changes are applied one by one.
    log.commitTo(index);
    accept(state, to, index);
    return;
  }
  ports.logger?.info('restores a snapshot', { member: state.id, index, term });
  log.restore({ index, term });
  state.configuration = configuration;
  state.snapshot = snapshot;
  accept(state, to, index);
}

/** Says that this log has everything up to `index`; the newest such answer speaks for all. */
function accept(state: RaftState, to: MemberId, index: LogIndex): void {
  const previous = state.messagesAfterPersist.at(-1);
  const isCovered =
    previous !== undefined &&
    previous.type === MessageType.MsgAppResp &&
    !previous.reject &&
    previous.to === to &&
    previous.term === state.term &&
    previous.index <= index;
  if (isCovered) state.messagesAfterPersist.pop();
  state.send({ type: MessageType.MsgAppResp, to, index });
}
