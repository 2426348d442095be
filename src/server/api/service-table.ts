/** Every method of etcd's API, by path: those that are built, and for the others a clear refusal. */
import type { Random } from '../../base/ports/random.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { ServiceTable } from '../../grpc/index.ts';
import type { WatchHub } from '../../mvcc/index.ts';
import { withAccess } from './access.ts';
import { authService, type Passwords } from './auth.ts';
import { withCallRules } from './call-rules.ts';
import { type CallerOptions, Callers } from './callers.ts';
import type { ClientRequests } from './client-requests.ts';
import { clusterService } from './cluster.ts';
import { electionService } from './election.ts';
import { healthService } from './health.ts';
import { kvService } from './kv.ts';
import { leaseService } from './lease.ts';
import { lockService } from './lock.ts';
import { maintenanceService } from './maintenance.ts';
import type { MemberView } from './member-view.ts';
import type { OpenCalls } from './open-calls.ts';
import { snapshotService } from './snapshot.ts';
import { unbuiltMethods } from './unbuilt.ts';
import { watchService } from './watch.ts';

export interface ServiceOptions extends CallerOptions {
  readonly txnOpsMax: number;
  readonly progressIntervalMs: number;
}

export interface ServicePorts {
  readonly member: MemberView & { readonly hub: WatchHub; readonly catchUp: { kick(): void } };
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly passwords: Passwords;
  /** Takes the calls that may go on for ever. */
  readonly calls: OpenCalls;
  readonly requests: ClientRequests;
}

export function serviceTable(options: ServiceOptions, ports: ServicePorts): ServiceTable {
  const { member } = ports;
  const callers = new Callers(options, member);
  const table = withAccess(
    new Map([
      ...kvService(options, member, callers),
      ...leaseService(member, callers),
      ...clusterService(member),
      ...maintenanceService(member, callers),
      ...snapshotService(member),
      ...watchService(options, {
        ...ports,
        hub: member.hub,
        callers,
        auth: () => member.auth,
        catchUp: () => member.catchUp.kick(),
      }),
      ...authService(member, { ...ports, callers }),
      ...healthService(),
    ]),
    callers,
  );
  const local = { ...ports, table };
  const built = new Map([...table, ...lockService(local), ...electionService(local)]);
  const all = new Map([...built, ...unbuiltMethods(new Set(built.keys()))]);
  return withCallRules(all, ports);
}
