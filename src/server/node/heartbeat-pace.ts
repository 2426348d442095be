/**
 * Whether a leader sends its heartbeats in time: one that is late is a sign of a disk, or of a
 * process, that is too slow for the cluster.
 */
import type { MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { type Message, MessageType } from '../../pb/index.ts';
import { hexId } from '../membership/member.ts';

/** Heartbeats may be late by as much again. */
const LATE_INTERVALS = 2;

export class HeartbeatPace {
  /** Heartbeats that were sent too late. */
  late = 0;
  readonly #intervalMs: number;
  readonly #ports: { readonly clock: Clock; readonly logger: Logger };
  /** When each member was sent the last one. */
  readonly #sentMs = new Map<MemberId, number>();

  constructor(intervalMs: number, ports: { readonly clock: Clock; readonly logger: Logger }) {
    this.#intervalMs = intervalMs;
    this.#ports = ports;
  }

  /** Messages that go out now. */
  sent(messages: readonly Message[]): void {
    for (const { type, to } of messages) if (type === MessageType.MsgHeartbeat) this.#heartbeat(to);
  }

  /** Somebody else leads, or this member anew. */
  reset(): void {
    this.#sentMs.clear();
  }

  #heartbeat(to: MemberId): void {
    const { clock, logger } = this.#ports;
    const nowMs = clock.monotonicMs();
    const lastMs = this.#sentMs.get(to) ?? nowMs;
    this.#sentMs.set(to, nowMs);
    const expectedMs = LATE_INTERVALS * this.#intervalMs;
    const exceededMs = nowMs - lastMs - expectedMs;
    if (exceededMs <= 0) return;
    this.late++;
    logger.warn(
      'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk',
      {
        to: hexId(to),
        'heartbeat-interval': `${this.#intervalMs}ms`,
        'expected-duration': `${expectedMs}ms`,
        'exceeded-duration': `${exceededMs}ms`,
      },
    );
  }
}
