/** All that `/metrics` of a member shows. */
import type { CallCounters, ServiceTable } from '../../grpc/index.ts';
import type { ClientRequests } from '../api/client-requests.ts';
import type { Member } from '../member.ts';
import { type DiskMeters, diskSeries } from './disk-series.ts';
import { clientRequestSeries, grpcSeries } from './grpc-series.ts';
import { MetricsPage } from './metrics-page.ts';
import { mvccSeries } from './mvcc-series.ts';
import { type PeerCounts, peerSeries } from './peer-series.ts';
import { processSeries } from './process-series.ts';
import { runtimeSeries } from './runtime-series.ts';
import { serverSeries } from './server-series.ts';

export interface MetricsSources {
  readonly member: Member;
  readonly disk: DiskMeters;
  readonly calls: CallCounters;
  readonly requests: ClientRequests;
  readonly peers: PeerCounts;
  /** The methods that are served. */
  readonly table: ServiceTable;
}

export function memberMetrics(sources: MetricsSources): MetricsPage {
  const { member, disk, calls, requests, peers, table } = sources;
  return new MetricsPage([
    serverSeries(member),
    mvccSeries(member),
    diskSeries(disk),
    peerSeries(member, peers),
    grpcSeries(table, calls),
    clientRequestSeries(requests),
    processSeries(),
    runtimeSeries(),
  ]);
}
