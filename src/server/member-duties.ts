/**
 * What a member looks after by itself, besides taking part in raft. Each duty has timers of its
 * own, runs from `start` to `stop`, and asks the member for its parts each time.
 */
import type { MemberView } from './api/member-view.ts';
import { MemberVersioning, type MemberVersioningPorts } from './member-versioning.ts';
import { endTakeOver, type TakeOverEndPorts } from './storage/take-over-end.ts';

export interface MemberDutiesOptions {
  readonly downgradeCheckIntervalMs: number;
}

export type MemberDutiesPorts = MemberVersioningPorts & TakeOverEndPorts;

export class MemberDuties {
  readonly versions: MemberVersioning;
  readonly #ports: MemberDutiesPorts;

  constructor(options: MemberDutiesOptions, member: MemberView, ports: MemberDutiesPorts) {
    this.#ports = ports;
    this.versions = new MemberVersioning(options, member, ports);
  }

  start(): void {
    this.versions.start();
    endTakeOver(this.#ports);
  }

  stop(): void {
    this.versions.stop();
  }
}
