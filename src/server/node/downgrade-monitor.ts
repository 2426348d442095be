/** Ends a downgrade, as leader, when the servers of all members are at its target (compat-facts 9). */
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { DowngradeInfoSetRequest } from '../../pb/index.ts';
import type { MemberView } from '../api/member-view.ts';
import { isSameMinor } from '../membership/versions.ts';
import { ETCD_VERSION } from '../version.ts';
import type { AskVersions } from './version-monitor.ts';

export interface DowngradeMonitorPorts {
  readonly member: Pick<MemberView, 'cluster' | 'raft' | 'propose'>;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly askVersions: AskVersions;
}

export class DowngradeMonitor {
  readonly #intervalMs: number;
  readonly #ports: DowngradeMonitorPorts;
  #timer: Timer | undefined;
  #isLooking = false;
  #isStopped = false;

  /** Looks every `intervalMs`; never, unless that is positive. */
  constructor(intervalMs: number, ports: DowngradeMonitorPorts) {
    this.#intervalMs = intervalMs;
    this.#ports = ports;
  }

  start(): void {
    if (this.#intervalMs <= 0) return;
    this.#timer = this.#ports.scheduler.every(this.#intervalMs, () => this.#look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #look(): void {
    const { member, askVersions } = this.#ports;
    const { members, localId, downgradeTarget } = member.cluster;
    if (this.#isLooking || !member.raft.isLeader) return;
    // As leader of newer servers than the target nobody has to be asked: this one is not there.
    if (!isSameMinor(downgradeTarget, ETCD_VERSION)) return;
    this.#isLooking = true;
    const others = members.filter(({ id }) => id !== localId);
    askVersions(others, (servers) => this.#decide(servers));
  }

  #decide(servers: readonly (string | undefined)[]): void {
    const { member, logger } = this.#ports;
    const { cluster, raft } = member;
    const { downgradeTarget: target } = cluster;
    const isOver = target !== undefined && servers.every((server) => isSameMinor(server, target));
    if (this.#isStopped || !isOver || !raft.isLeader) {
      this.#isLooking = false;
      return;
    }
    logger.info('the cluster has been downgraded', { 'cluster-version': target });
    member.propose('downgradeInfoSet', DowngradeInfoSetRequest.create({}), ({ error }) => {
      if (error !== undefined) logger.warn('failed to cancel downgrade', { error });
      this.#isLooking = false;
    });
  }
}
