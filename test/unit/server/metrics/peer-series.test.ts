import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exposition } from '../../../../src/server/metrics/exposition.ts';
import { peerSeries } from '../../../../src/server/metrics/peer-series.ts';
import { PeerMeters } from '../../../../src/server/peer/peer-meters.ts';
import { SERVED } from '../../../support/metrics/expected-metrics.ts';
import {
  labelNamesOf,
  parsePrometheus,
  valueOf,
} from '../../../support/metrics/prometheus-text.ts';

/** Member 0xa, with peer 0xb, that has removed 0xc. */
async function page(meters: PeerMeters, localId = 0xan) {
  const cluster = { localId, members: [{ id: 0xan }, { id: 0xbn }], removed: [0xcn] };
  const { series } = peerSeries({ cluster }, meters);
  return parsePrometheus(await new Exposition(series).text());
}

describe('peer series', () => {
  it('nothing has happened -> only who is known, this member too, and who was', async () => {
    const found = await page(new PeerMeters());
    assert.deepEqual([...found.keys()], ['etcd_network_known_peers']);
    const known = (Remote: string): number | undefined =>
      valueOf(found, 'etcd_network_known_peers', { Local: 'a', Remote });
    assert.deepEqual([known('a'), known('b'), known('c')], [1, 1, 0]);
  });

  it('METRICS-I2: everything has happened -> all series, with the labels of etcd', async () => {
    const meters = new PeerMeters();
    const peer = meters.of(0xbn);
    Object.assign(peer, {
      sentBytes: 1,
      receivedBytes: 2,
      sentFailures: 3,
      receivedFailures: 4,
      disconnected: 5,
      isActive: true,
    });
    peer.roundTripSeconds.observe(0.001);
    for (const [at, snapshots] of [peer.snapshotsSent, peer.snapshotsReceived].entries()) {
      Object.assign(snapshots, { done: 10 + at, failed: 20 + at, underWay: 30 + at });
      snapshots.seconds.observe(1);
    }
    meters.of(0xdn);
    const found = await page(meters);
    const names = Object.keys(SERVED).filter((name) => /^etcd_network_(?!client_grpc)/.test(name));
    assert.deepEqual([...found.keys()].sort(), names.sort());
    for (const [name, { type, ...family }] of found) {
      assert.deepEqual([type, ...labelNamesOf({ type, ...family })], SERVED[name], name);
    }
    const pair = { Local: 'a', Remote: 'b' };
    const values = [
      ['active_peers', pair],
      ['disconnected_peers_total', pair],
      ['peer_sent_bytes_total', { To: 'b' }],
      ['peer_received_bytes_total', { From: 'b' }],
      ['peer_sent_failures_total', { To: 'b' }],
      ['peer_received_failures_total', { From: 'b' }],
      ['peer_round_trip_time_seconds_count', { To: 'b' }],
      ['snapshot_send_success', { To: 'b' }],
      ['snapshot_send_failures', { To: 'b' }],
      ['snapshot_send_inflights_total', { To: 'b' }],
      ['snapshot_receive_success', { From: 'b' }],
      ['snapshot_receive_failures', { From: 'b' }],
      ['snapshot_receive_inflights_total', { From: 'b' }],
    ] as const;
    assert.deepEqual(
      values.map(([name, labels]) => valueOf(found, `etcd_network_${name}`, labels)),
      [1, 5, 1, 2, 3, 4, 1, 10, 20, 30, 11, 21, 31],
    );
  });

  it('a peer that was lost -> inactive, and still shown', async () => {
    const meters = new PeerMeters();
    meters.of(0xbn).disconnected = 1;
    const found = await page(meters);
    const labels = { Local: 'a', Remote: 'b' };
    assert.equal(valueOf(found, 'etcd_network_active_peers', labels), 0);
  });
});
