/** Whether a peer is reachable, as the last that was heard of it says, and since when. */
import type { MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { hexId } from '../membership/member.ts';
import type { PeerCounters } from './peer-meters.ts';
import type { QuietLog } from './quiet-log.ts';

/** What failed: etcd's words of its lines in the log. */
export interface PeerFailure {
  readonly action: 'dial' | 'read' | 'write' | 'heartbeat' | 'post';
  /** The name of a stream, `pipeline` or `sendMsgSnap`. */
  readonly source: string;
  readonly reason: string;
}

export interface PeerStatusPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly quietLog: QuietLog;
  readonly becameActive: (id: MemberId) => void;
}

export class PeerStatus {
  readonly #id: MemberId;
  readonly #counters: PeerCounters;
  readonly #ports: PeerStatusPorts;
  #activeSinceMs: number | undefined;

  constructor(id: MemberId, counters: PeerCounters, ports: PeerStatusPorts) {
    this.#id = id;
    this.#counters = counters;
    this.#ports = ports;
  }

  /** Monotonic milliseconds; undefined while the peer is inactive. */
  get activeSinceMs(): number | undefined {
    return this.#activeSinceMs;
  }

  get isActive(): boolean {
    return this.#activeSinceMs !== undefined;
  }

  activate(): void {
    if (this.isActive) return;
    this.#activeSinceMs = this.#ports.clock.monotonicMs();
    this.#counters.isActive = true;
    this.#ports.quietLog.info('peer became active', { 'peer-id': hexId(this.#id) });
    this.#ports.becameActive(this.#id);
  }

  deactivate({ action, source, reason }: PeerFailure): void {
    const id = hexId(this.#id);
    const fields = {
      'peer-id': id,
      error: `failed to ${action} ${id} on ${source} (${reason})`,
    };
    if (!this.isActive) {
      this.#ports.logger.debug('peer deactivated again', fields);
      return;
    }
    this.#activeSinceMs = undefined;
    this.#counters.isActive = false;
    this.#counters.disconnected++;
    this.#ports.quietLog.warn('peer became inactive (message send to peer failed)', fields);
  }

  /** The peer is no peer any more. */
  forget(): void {
    this.#activeSinceMs = undefined;
    this.#counters.isActive = false;
  }
}
