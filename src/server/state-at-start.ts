/** The replicated state that a member starts with, as its options and its storage say. */
import type { Term } from '../base/ids.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import { leaseTtlSMin, type MemberOptions } from './member-options.ts';
import {
  type MemberState,
  type MemberStateOptions,
  type MemberStatePorts,
  restoreMemberState,
} from './member-state.ts';
import type { OpenedStorage } from './storage/open-storage.ts';

/** What a request message may be larger than the largest proposal. */
const REQUEST_OVERHEAD_BYTES = 512 * 1024;

export interface StatePorts {
  readonly logger: Logger;
  readonly scheduler: Scheduler;
  readonly compactionObserver: MemberStatePorts['compactionObserver'];
  /** The term of the member, 0 before there is one. */
  readonly term: () => Term;
  readonly fatal: (error: unknown) => void;
}

export function stateAtStart(
  options: MemberOptions,
  storage: OpenedStorage,
  ports: StatePorts,
): Promise<MemberState> {
  const { scheduler, logger, compactionObserver, fatal, term } = ports;
  const header = { clusterId: storage.cluster, memberId: storage.member };
  const stateOptions: MemberStateOptions = {
    cluster: {
      cluster: storage.cluster,
      local: storage.member,
      learnersMax: options.learnersMax,
    },
    leaseTtlSMin: leaseTtlSMin(options),
    compactionBatchLimit: options.compactionBatchLimit,
    batchOperationsMax: options.batchOperationsMax,
    watch: {
      header: () => ({ ...header, raftTerm: term() }),
      fragmentBytesMin: options.requestBytesMax + REQUEST_OVERHEAD_BYTES,
    },
  };
  return restoreMemberState(stateOptions, storage.meta, {
    backend: storage.backend,
    logger,
    yieldTurn: () => new Promise((resolve) => scheduler.defer(resolve)),
    compactionPause: () =>
      new Promise((resolve) => scheduler.after(options.compactionPauseMs, resolve)),
    compactionObserver,
    fatal,
  });
}
