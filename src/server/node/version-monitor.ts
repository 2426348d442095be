/**
 * Decides the version of the cluster, as leader: looks at those of all members when its term begins,
 * and again and again, since members come, go and are upgraded (compat-facts 9).
 */
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import type { MemberView } from '../api/member-view.ts';
import type { Member } from '../membership/member.ts';
import { nextClusterVersion } from '../membership/versions.ts';
import { ETCD_VERSION } from '../version.ts';

const LOOK_MS = 4000;
/** Without a version clients are turned away, so deciding on one is tried again sooner. */
const RETRY_MS = 500;

/** Asks members for the versions of their servers; undefined for those that do not tell. */
export type AskVersions = (
  members: readonly Member[],
  done: (servers: readonly (string | undefined)[]) => void,
) => void;

/** What a member knows that cannot ask. */
export const NO_VERSIONS: AskVersions = (members, done) => done(members.map(() => undefined));

export interface VersionMonitorPorts {
  readonly member: Pick<MemberView, 'cluster' | 'raft' | 'propose'>;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly askVersions: AskVersions;
  /** A look has ended: the version is as it has to be, as far as this member can tell. */
  readonly onSettled: () => void;
}

export class VersionMonitor {
  readonly #ports: VersionMonitorPorts;
  #timer: Timer | undefined;
  #isLooking = false;
  #isStopped = false;

  constructor(ports: VersionMonitorPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = this.#ports.scheduler.every(LOOK_MS, () => this.look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Looks now, if this member leads and is not at it. */
  look(): void {
    const { member, askVersions, onSettled } = this.#ports;
    if (this.#isStopped || this.#isLooking) return;
    if (!member.raft.isLeader) {
      onSettled();
      return;
    }
    const { members, localId } = member.cluster;
    const others = members.filter(({ id }) => id !== localId);
    this.#isLooking = true;
    askVersions(others, (servers) => this.#decide([ETCD_VERSION, ...servers]));
  }

  #decide(servers: readonly (string | undefined)[]): void {
    const { member, logger } = this.#ports;
    const { cluster, raft } = member;
    const { version: current, downgradeTarget } = cluster;
    const ver = nextClusterVersion({ current, servers, downgradeTarget });
    if (this.#isStopped || ver === undefined || !raft.isLeader) {
      this.#settled();
      return;
    }
    logger.info('setting the cluster version', { from: cluster.version, to: ver });
    member.propose('clusterVersionSet', { ver }, ({ error }) => {
      if (error !== undefined) logger.warn('failed to update cluster version', { error });
      this.#settled();
    });
  }

  #settled(): void {
    const { member, scheduler, onSettled } = this.#ports;
    this.#isLooking = false;
    if (member.cluster.version === undefined && member.raft.isLeader && !this.#isStopped) {
      scheduler.after(RETRY_MS, () => this.look());
    }
    onSettled();
  }
}
