/** The other members, and what goes to them and comes from them: `etcd_network_*` of peers. */
import type { Histogram } from '../../base/histogram.ts';
import type { MemberId } from '../../base/ids.ts';
import { hexId } from '../membership/member.ts';
import type { PeerCounters, SnapshotCounters } from '../peer/peer-meters.ts';
import type { HistogramSeries, Labels, NumberSeries, Series, SeriesGroup } from './series.ts';

/** The member whose peers they are. */
export interface PeerFacts {
  readonly cluster: {
    readonly localId: MemberId;
    readonly members: readonly { readonly id: MemberId }[];
    readonly removed: readonly MemberId[];
  };
}

export interface PeerCounts {
  /** By what etcd calls a member: its id in hex. */
  readonly all: ReadonlyMap<string, PeerCounters>;
}

/** Names and text of a series, and how its labels name a peer. */
interface Row {
  readonly name: string;
  readonly help: string;
  readonly by: 'To' | 'From' | 'Local, Remote';
}

/** Undefined: nothing to show of this peer yet. */
interface NumberRow extends Row {
  readonly type: NumberSeries['type'];
  read(peer: PeerCounters): number | undefined;
}

interface HistogramRow extends Row {
  read(peer: PeerCounters): Histogram;
}

/** As with etcd's client library, a label that nothing was counted for is not there. */
const begun = (count: number): number | undefined => (count > 0 ? count : undefined);

const NUMBERS: readonly NumberRow[] = [
  {
    type: 'gauge',
    name: 'active_peers',
    help: 'The current number of active peer connections.',
    by: 'Local, Remote',
    read: ({ isActive, disconnected }) =>
      isActive || disconnected > 0 ? Number(isActive) : undefined,
  },
  {
    type: 'counter',
    name: 'disconnected_peers_total',
    help: 'The total number of disconnected peers.',
    by: 'Local, Remote',
    read: ({ disconnected }) => begun(disconnected),
  },
  {
    type: 'counter',
    name: 'peer_sent_bytes_total',
    help: 'The total number of bytes sent to peers.',
    by: 'To',
    read: ({ sentBytes }) => begun(sentBytes),
  },
  {
    type: 'counter',
    name: 'peer_received_bytes_total',
    help: 'The total number of bytes received from peers.',
    by: 'From',
    read: ({ receivedBytes }) => begun(receivedBytes),
  },
  {
    type: 'counter',
    name: 'peer_sent_failures_total',
    help: 'The total number of send failures from peers.',
    by: 'To',
    read: ({ sentFailures }) => begun(sentFailures),
  },
  {
    type: 'counter',
    name: 'peer_received_failures_total',
    help: 'The total number of receive failures from peers.',
    by: 'From',
    read: ({ receivedFailures }) => begun(receivedFailures),
  },
  ...snapshotRows('send', 'To', ({ snapshotsSent }) => snapshotsSent),
  ...snapshotRows('receive', 'From', ({ snapshotsReceived }) => snapshotsReceived),
];

const HISTOGRAMS: readonly HistogramRow[] = [
  {
    name: 'peer_round_trip_time_seconds',
    help: 'Round-Trip-Time histogram between peers',
    by: 'To',
    read: ({ roundTripSeconds }) => roundTripSeconds,
  },
  {
    name: 'snapshot_send_total_duration_seconds',
    help: 'Total latency distributions of v3 snapshot sends',
    by: 'To',
    read: ({ snapshotsSent }) => snapshotsSent.seconds,
  },
  {
    name: 'snapshot_receive_total_duration_seconds',
    help: 'Total latency distributions of v3 snapshot receives',
    by: 'From',
    read: ({ snapshotsReceived }) => snapshotsReceived.seconds,
  },
];

function snapshotRows(
  way: 'send' | 'receive',
  by: Row['by'],
  of: (peer: PeerCounters) => SnapshotCounters,
): NumberRow[] {
  const hasBegun = ({ done, failed, underWay }: SnapshotCounters): boolean =>
    done + failed + underWay > 0;
  return [
    {
      type: 'counter',
      name: `snapshot_${way}_success`,
      help: `Total number of successful snapshot ${way}s`,
      by,
      read: (peer) => begun(of(peer).done),
    },
    {
      type: 'counter',
      name: `snapshot_${way}_failures`,
      help: `Total number of snapshot ${way} failures`,
      by,
      read: (peer) => begun(of(peer).failed),
    },
    {
      type: 'gauge',
      name: `snapshot_${way}_inflights_total`,
      help: `Total number of inflight snapshot ${way}s`,
      by,
      read: (peer) => (hasBegun(of(peer)) ? of(peer).underWay : undefined),
    },
  ];
}

export function peerSeries(member: PeerFacts, counts: PeerCounts): SeriesGroup {
  return {
    series: [
      knownPeers(member),
      ...NUMBERS.map((row) => numberSeries(row, member, counts)),
      ...HISTOGRAMS.map((row) => histogramSeries(row, member, counts)),
    ],
  };
}

/** Members that there are, this one included, and that there were. */
function knownPeers(member: PeerFacts): NumberSeries {
  const row: Row = {
    name: 'known_peers',
    help: 'The current number of known peers.',
    by: 'Local, Remote',
  };
  return {
    ...named(row),
    type: 'gauge',
    read: () => {
      const { members, removed } = member.cluster;
      const sample = (id: MemberId, value: number) => ({
        labels: labels(row, member, hexId(id)),
        value,
      });
      return [...members.map(({ id }) => sample(id, 1)), ...removed.map((id) => sample(id, 0))];
    },
  };
}

function numberSeries(row: NumberRow, member: PeerFacts, counts: PeerCounts): NumberSeries {
  return {
    ...named(row),
    type: row.type,
    read: () =>
      [...counts.all].flatMap(([peer, counters]) => {
        const value = row.read(counters);
        return value === undefined ? [] : [{ labels: labels(row, member, peer), value }];
      }),
  };
}

function histogramSeries(
  row: HistogramRow,
  member: PeerFacts,
  counts: PeerCounts,
): HistogramSeries {
  return {
    ...named(row),
    type: 'histogram',
    read: () =>
      [...counts.all]
        .map(([peer, counters]) => ({
          labels: labels(row, member, peer),
          histogram: row.read(counters),
        }))
        .filter(({ histogram }) => histogram.count > 0),
  };
}

function named({ name, help, by }: Row): Pick<Series, 'name' | 'help' | 'labelNames'> {
  return { name: `etcd_network_${name}`, help, labelNames: by.split(', ') };
}

function labels({ by }: Row, { cluster }: PeerFacts, peer: string): Labels {
  return by === 'Local, Remote' ? { Local: hexId(cluster.localId), Remote: peer } : { [by]: peer };
}
