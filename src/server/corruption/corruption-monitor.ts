/** The checks that a leader makes again and again, and the alarms that they raise. */
import { InvariantError } from '../../base/assert.ts';
import type { MemberId } from '../../base/ids.ts';
import { BackendError } from '../../base/ports/backend.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '../../pb/index.ts';
import type { MemberView } from '../api/member-view.ts';
import { durationText } from '../config/go-values.ts';
import { hexId } from '../membership/member.ts';
import { CompactionCheck } from './compaction-check.ts';
import { type AskPeers, askPeersOver, type RemoteHashes } from './peer-hashes.ts';
import { periodicCheck } from './periodic-check.ts';

export interface CorruptionMonitorOptions {
  /** Between two comparisons of the whole state; not made unless positive. */
  readonly corruptCheckIntervalMs: number;
  /** Between two comparisons of compactions; 0 for none. */
  readonly compactHashCheckIntervalMs: number;
  readonly requestTimeoutMs: number;
}

export interface CorruptionMonitorPorts {
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** Without it nobody can be asked, and nothing is checked. */
  readonly remoteHashes?: RemoteHashes;
}

export type MonitoredMember = Pick<
  MemberView,
  'store' | 'cluster' | 'alarms' | 'raft' | 'linearizable' | 'propose' | 'fatal'
>;

export class CorruptionMonitor {
  readonly #options: CorruptionMonitorOptions;
  readonly #member: MonitoredMember;
  readonly #ports: CorruptionMonitorPorts;
  readonly #timers: Timer[] = [];
  #isStopped = false;

  constructor(
    options: CorruptionMonitorOptions,
    member: MonitoredMember,
    ports: CorruptionMonitorPorts,
  ) {
    this.#options = options;
    this.#member = member;
    this.#ports = ports;
  }

  start(): void {
    const { remoteHashes, logger } = this.#ports;
    if (remoteHashes === undefined) return;
    const { corruptCheckIntervalMs, compactHashCheckIntervalMs, requestTimeoutMs } = this.#options;
    const checks = this.#checkPorts(askPeersOver(remoteHashes, logger));
    if (corruptCheckIntervalMs > 0) {
      logger.info('enabled corruption checking', {
        'local-member-id': hexId(this.#member.cluster.localId),
        interval: durationText(corruptCheckIntervalMs),
      });
      this.#repeat(corruptCheckIntervalMs, () => periodicCheck(checks));
    }
    if (compactHashCheckIntervalMs > 0) {
      const compactions = new CompactionCheck(requestTimeoutMs, checks);
      this.#repeat(compactHashCheckIntervalMs, () => compactions.run());
    }
  }

  /** A check that is going on comes to nothing. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
  }

  #checkPorts(askPeers: AskPeers) {
    const member = this.#member;
    const { logger } = this.#ports;
    return { member, askPeers, logger, raise: (suspect: MemberId) => this.#raise(suspect) };
  }

  /** One at a time: a round that comes while the one before is going on is left out. */
  #repeat(intervalMs: number, check: () => Promise<void>): void {
    let isChecking = false;
    const round = (): void => {
      if (isChecking || !this.#member.raft.isLeader) return;
      isChecking = true;
      check()
        .catch((error: unknown) => this.#failed(error))
        .finally(() => {
          isChecking = false;
        });
    };
    this.#timers.push(this.#ports.scheduler.every(intervalMs, round));
  }

  /** Peers that fail are part of every check; a bug of ours and a disk that fails are not. */
  #failed(error: unknown): void {
    if (this.#isStopped) return;
    if (error instanceof InvariantError || error instanceof BackendError) this.#member.fatal(error);
    else this.#ports.logger.warn('failed to check hash KV', { error });
  }

  #raise(memberID: MemberId): void {
    const member = this.#member;
    const alarm = AlarmType.CORRUPT;
    if (this.#isStopped || member.alarms.has(memberID, alarm)) return;
    const request = AlarmRequest.create({ action: AlarmAction.ACTIVATE, memberID, alarm });
    member.propose('alarm', request, ({ error }) => {
      // The next round finds the same and tries again.
      if (error !== undefined) this.#ports.logger.warn('failed to raise alarm', { error });
    });
  }
}
