/** A member and the version of its cluster: as leader it decides on it, always it follows it. */
import type { Logger } from '../base/ports/logger.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import type { MemberView } from './api/member-view.ts';
import { checkServerVersion } from './check-version.ts';
import { isLower } from './membership/versions.ts';
import { DowngradeMonitor } from './node/downgrade-monitor.ts';
import { type AskVersions, NO_VERSIONS, VersionMonitor } from './node/version-monitor.ts';

export interface MemberVersioningPorts {
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly askVersions?: AskVersions;
  /** The leader has looked at the version of the cluster; see {@link VersionMonitor}. */
  readonly onSettled: () => void;
  /** Makes a snapshot behind which there is nothing that an older member could stumble over. */
  readonly forceSnapshot: () => void;
}

export class MemberVersioning {
  readonly #owner: Pick<MemberView, 'cluster' | 'raft' | 'propose'>;
  readonly #ports: MemberVersioningPorts;
  readonly #monitor: VersionMonitor;
  readonly #downgrades: DowngradeMonitor;

  constructor(
    options: { readonly downgradeCheckIntervalMs: number },
    owner: Pick<MemberView, 'cluster' | 'raft' | 'propose'>,
    ports: MemberVersioningPorts,
  ) {
    this.#owner = owner;
    this.#ports = ports;
    const monitored = { askVersions: NO_VERSIONS, ...ports, member: owner };
    this.#monitor = new VersionMonitor(monitored);
    this.#downgrades = new DowngradeMonitor(options.downgradeCheckIntervalMs, monitored);
  }

  start(): void {
    this.#monitor.start();
    this.#downgrades.start();
  }

  stop(): void {
    this.#monitor.stop();
    this.#downgrades.stop();
  }

  /** Looks at the versions of all members now, as leader. */
  look(): void {
    this.#monitor.look();
  }

  /**
   * The version of the cluster was `former` and is another. Throws SERVER_START_REFUSED when it is
   * beyond this server, which cannot go on then.
   */
  versionSet(former: string | undefined): void {
    const { version, isAlone } = this.#owner.cluster;
    checkServerVersion(version, isAlone);
    if (!isLower(version, former)) return;
    this.#ports.logger.info('Cluster version downgrade detected, forcing snapshot', {
      'prev-cluster-version': former,
      'new-cluster-version': version,
    });
    this.#ports.forceSnapshot();
  }
}
