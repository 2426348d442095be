/**
 * What a member looks after by itself, besides taking part in raft. Each duty has timers of its
 * own, runs from `start` to `stop`, and asks the member for its parts each time.
 */
import type { Clock } from '../base/ports/clock.ts';
import type { MemberView } from './api/member-view.ts';
import { CorruptionMonitor, type CorruptionMonitorPorts } from './corruption/corruption-monitor.ts';
import { type MemberOptions, requestTimeoutOf } from './member-options.ts';
import { MemberVersioning, type MemberVersioningPorts } from './member-versioning.ts';
import { AutoCompaction } from './node/auto-compaction.ts';
import { QuotaWatch } from './node/quota-watch.ts';
import { TakeOverEnd, type TakeOverEndPorts } from './storage/take-over-end.ts';

export type MemberDutiesPorts = MemberVersioningPorts &
  CorruptionMonitorPorts &
  TakeOverEndPorts & { readonly clock: Clock };

interface Duty {
  start(): void;
  stop(): void;
}

export class MemberDuties {
  readonly versions: MemberVersioning;
  readonly #duties: Duty[];

  constructor(options: MemberOptions, member: MemberView, ports: MemberDutiesPorts) {
    this.versions = new MemberVersioning(options, member, ports);
    const requestTimeoutMs = requestTimeoutOf(options);
    this.#duties = [
      this.versions,
      new CorruptionMonitor({ ...options, requestTimeoutMs }, member, ports),
      new QuotaWatch({ ...ports, member }),
      new TakeOverEnd(ports),
    ];
    const { compactionRetention } = options;
    if (compactionRetention !== undefined) {
      this.#duties.push(new AutoCompaction(compactionRetention, { ...ports, member }));
    }
  }

  start(): void {
    for (const duty of this.#duties) duty.start();
  }

  stop(): void {
    for (const duty of this.#duties) duty.stop();
  }
}
