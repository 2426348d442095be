/** What is counted about each peer, in plain numbers; the metrics page reads them (compat-facts 13). */

import { exponentialBounds, Histogram } from '../../base/histogram.ts';
import type { MemberId } from '../../base/ids.ts';
import { hexId } from '../membership/member.ts';

const ROUND_TRIP_BOUNDS = exponentialBounds(0.0001, 2, 16);
const SNAPSHOT_BOUNDS = exponentialBounds(0.1, 2, 10);

/** Of the series etcd_network_snapshot_send_… or …_receive_…. */
export class SnapshotCounters {
  done = 0;
  failed = 0;
  underWay = 0;
  readonly seconds = new Histogram(SNAPSHOT_BOUNDS);
}

export class PeerCounters {
  /** etcd_network_peer_sent_bytes_total, {To}; and so on by name. */
  sentBytes = 0;
  sentFailures = 0;
  receivedBytes = 0;
  receivedFailures = 0;
  /** etcd_network_active_peers, {Local, Remote}. */
  isActive = false;
  /** etcd_network_disconnected_peers_total, {Local, Remote}. */
  disconnected = 0;
  /** etcd_network_peer_round_trip_time_seconds, {To}. */
  readonly roundTripSeconds = new Histogram(ROUND_TRIP_BOUNDS);
  readonly snapshotsSent = new SnapshotCounters();
  readonly snapshotsReceived = new SnapshotCounters();
}

/** By the label that etcd gives a member: its id in hex. Who was a peer once stays, as there. */
export class PeerMeters {
  readonly #byLabel = new Map<string, PeerCounters>();

  /** Only for ids that somebody vouches for: each one is kept for ever. */
  of(id: MemberId): PeerCounters {
    return this.#counters(hexId(id));
  }

  /** For snapshots of a sender that cannot be told. */
  get unknownSender(): PeerCounters {
    return this.#counters('UNKNOWN_SNAPSHOT_SENDER');
  }

  /** Snapshots that come in now, from all senders. */
  get snapshotsReceiving(): number {
    let underWay = 0;
    for (const counters of this.#byLabel.values()) underWay += counters.snapshotsReceived.underWay;
    return underWay;
  }

  get all(): ReadonlyMap<string, PeerCounters> {
    return this.#byLabel;
  }

  #counters(label: string): PeerCounters {
    const known = this.#byLabel.get(label);
    if (known !== undefined) return known;
    const counters = new PeerCounters();
    this.#byLabel.set(label, counters);
    return counters;
  }
}
