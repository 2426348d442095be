export { bootstrapLog, type Founder } from './bootstrap.ts';
export { confChangeOf } from './conf-change-entry.ts';
export { type Configuration, configurationOf, confStateOf, withChange } from './configuration.ts';
export type { EntryId } from './entry-buffer.ts';
export { RaftError, type RaftErrorCode } from './errors.ts';
export {
  RAFT_DEFAULTS,
  type RaftOptions,
  type RaftPorts,
  type SnapshotSource,
} from './options.ts';
export type { ProgressState } from './progress.ts';
export type { DropReason, ProposeOutcome } from './proposals.ts';
export { type MemberProgress, Raft, type RaftBoot } from './raft.ts';
export type { ReadState } from './read-only-queue.ts';
export type { ReadOutcome } from './reads.ts';
export type { Ready, SoftState } from './ready.ts';
export { NO_MEMBER, type RoleName } from './role.ts';
export type { TransferOutcome } from './transfer.ts';
