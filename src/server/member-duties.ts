/**
 * What a member looks after by itself, besides taking part in raft. Each duty has timers of its
 * own, runs from `start` to `stop`, and asks the member for its parts each time.
 */
import type { MemberView } from './api/member-view.ts';
import { MemberVersioning, type MemberVersioningPorts } from './member-versioning.ts';
import { TakeOverEnd, type TakeOverEndPorts } from './storage/take-over-end.ts';

export interface MemberDutiesOptions {
  readonly downgradeCheckIntervalMs: number;
}

export type MemberDutiesPorts = MemberVersioningPorts & TakeOverEndPorts;

export class MemberDuties {
  readonly versions: MemberVersioning;
  readonly #takeOver: TakeOverEnd;

  constructor(options: MemberDutiesOptions, member: MemberView, ports: MemberDutiesPorts) {
    this.versions = new MemberVersioning(options, member, ports);
    this.#takeOver = new TakeOverEnd(ports);
  }

  start(): void {
    this.versions.start();
    this.#takeOver.start();
  }

  stop(): void {
    this.versions.stop();
    this.#takeOver.stop();
  }
}
