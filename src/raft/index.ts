export { bootstrapLog, type Founder } from './bootstrap.ts';
export type { EntryId } from './entry-buffer.ts';
export { RaftError, type RaftErrorCode } from './errors.ts';
export type { DropReason, ProposeOutcome } from './proposals.ts';
export { Raft, type RaftBoot } from './raft.ts';
export {
  NO_MEMBER,
  RAFT_DEFAULTS,
  type RaftOptions,
  type RaftPorts,
  type RoleName,
} from './raft-state.ts';
export type { ReadState } from './read-only-queue.ts';
export type { ReadOutcome } from './reads.ts';
export type { Ready, SoftState } from './ready.ts';
