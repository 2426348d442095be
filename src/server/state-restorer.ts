/** Reads replicated states into memory, as a member's options say. */
import { SimpleTokens } from '../auth/index.ts';
import type { ClusterId, MemberId, Term } from '../base/ids.ts';
import type { Clock } from '../base/ports/clock.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import { WatchHub } from '../mvcc/index.ts';
import { leaseTtlSMin, type MemberOptions } from './member-options.ts';
import {
  type MemberState,
  type MemberStateOptions,
  type MemberStatePorts,
  restoreMemberState,
} from './member-state.ts';
import type { OpenState } from './storage/recover-state.ts';

/** What a request message may be larger than the largest proposal. */
const REQUEST_OVERHEAD_BYTES = 512 * 1024;

export interface MemberIdentity {
  readonly cluster: ClusterId;
  readonly member: MemberId;
}

export interface StateRestorerPorts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly compactionObserver: MemberStatePorts['compactionObserver'];
  /** Hears of the changes of whichever state is the member's. */
  readonly hub: WatchHub;
  readonly fatal: (error: unknown) => void;
}

/** Restores an opened state; `former` is the one whose place it is to take. */
export type RestoreState = (opened: OpenState, former?: MemberState) => Promise<MemberState>;

export function stateRestorer(
  options: MemberOptions,
  { cluster, member }: MemberIdentity,
  ports: StateRestorerPorts,
): RestoreState {
  const { scheduler } = ports;
  const tokens = new SimpleTokens({ ttlMs: options.tokenTtlMs }, ports.clock);
  const stateOptions: MemberStateOptions = {
    cluster: { cluster, local: member, learnersMax: options.learnersMax },
    leaseTtlSMin: leaseTtlSMin(options),
    compactionBatchLimit: options.compactionBatchLimit,
    batchOperationsMax: options.batchOperationsMax,
  };
  return ({ backend, meta }, former) =>
    restoreMemberState(stateOptions, meta, {
      ...ports,
      backend,
      former,
      tokens,
      yieldTurn: () => new Promise((resolve) => scheduler.defer(resolve)),
      compactionPause: () =>
        new Promise((resolve) => scheduler.after(options.compactionPauseMs, resolve)),
    });
}

/** The watch hub of a member, whose term is asked for with each response. */
export function watchHubOf(
  { requestBytesMax }: MemberOptions,
  { cluster, member }: MemberIdentity,
  term: () => Term,
): WatchHub {
  const header = { clusterId: cluster, memberId: member };
  return new WatchHub({
    header: () => ({ ...header, raftTerm: term() }),
    fragmentBytesMin: requestBytesMax + REQUEST_OVERHEAD_BYTES,
  });
}
