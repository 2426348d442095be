/** Every method of etcd's API, by path: those that are built, and for the others a clear refusal. */
import type { Random } from '../../base/ports/random.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { ServiceTable } from '../../grpc/index.ts';
import type { WatchHub } from '../../mvcc/index.ts';
import { clusterService } from './cluster.ts';
import { kvService } from './kv.ts';
import { leaseService } from './lease.ts';
import { maintenanceService } from './maintenance.ts';
import type { MemberView } from './member-view.ts';
import type { OpenStreams } from './open-streams.ts';
import { unbuiltMethods } from './unbuilt.ts';
import { watchService } from './watch.ts';

export interface ServiceOptions {
  readonly txnOpsMax: number;
  readonly progressIntervalMs: number;
}

export interface ServicePorts {
  readonly member: MemberView & { readonly hub: WatchHub; readonly catchUp: { kick(): void } };
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Takes the streams that a stopping server has to end. */
  readonly streams: OpenStreams;
}

export function serviceTable(options: ServiceOptions, ports: ServicePorts): ServiceTable {
  const { member, streams } = ports;
  const built = new Map([
    ...kvService(options, member),
    ...leaseService(member, streams),
    ...clusterService(member),
    ...maintenanceService(member),
    ...watchService(options, {
      ...ports,
      hub: member.hub,
      catchUp: () => member.catchUp.kick(),
    }),
  ]);
  return new Map([...built, ...unbuiltMethods(new Set(built.keys()))]);
}
