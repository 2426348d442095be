/**
 * What a member looks after by itself, besides taking part in raft. Each duty has timers of its
 * own, runs from `start` to `stop`, and asks the member for its parts each time.
 */
import type { MemberView } from './api/member-view.ts';
import { CorruptionMonitor, type CorruptionMonitorPorts } from './corruption/corruption-monitor.ts';
import { type MemberOptions, requestTimeoutOf } from './member-options.ts';
import { MemberVersioning, type MemberVersioningPorts } from './member-versioning.ts';

export type MemberDutiesPorts = MemberVersioningPorts & CorruptionMonitorPorts;

export class MemberDuties {
  readonly versions: MemberVersioning;
  readonly #corruption: CorruptionMonitor;

  constructor(options: MemberOptions, member: MemberView, ports: MemberDutiesPorts) {
    this.versions = new MemberVersioning(options, member, ports);
    this.#corruption = new CorruptionMonitor(
      { ...options, requestTimeoutMs: requestTimeoutOf(options) },
      member,
      ports,
    );
  }

  start(): void {
    this.versions.start();
    this.#corruption.start();
  }

  stop(): void {
    this.versions.stop();
    this.#corruption.stop();
  }
}
