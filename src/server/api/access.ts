/**
 * Methods that ask nothing of their caller but who it is (compat-facts 11). The others look at what
 * is asked for, too, and see to it themselves.
 */
import type { ServiceMethod, ServiceTable } from '../../grpc/index.ts';
import type { Callers } from './callers.ts';

const FOR_ROOT: readonly string[] = [
  'KV/Compact',
  'Cluster/MemberAdd',
  'Cluster/MemberRemove',
  'Cluster/MemberUpdate',
  'Cluster/MemberPromote',
  'Maintenance/Defragment',
  'Maintenance/Snapshot',
  'Maintenance/Hash',
  'Maintenance/HashKV',
  'Maintenance/MoveLeader',
  'Maintenance/Downgrade',
];

const FOR_USERS: readonly string[] = ['Cluster/MemberList', 'Maintenance/Status'];

/** The table with the handlers of these methods behind the look at the caller. */
export function withAccess(table: ServiceTable, callers: Callers): ServiceTable {
  const guarded = new Map(table);
  const guard = (names: readonly string[], admit: Admit): void => {
    for (const name of names) {
      const path = `/etcdserverpb.${name}`;
      const method = table.get(path);
      if (method !== undefined) guarded.set(path, behind(admit, method));
    }
  };
  guard(FOR_ROOT, (call, goOn) => callers.admitRoot(call, goOn));
  guard(FOR_USERS, (call, goOn) => callers.admitUser(call, goOn));
  return guarded;
}

type Admit = (call: Parameters<Callers['admitRoot']>[0], goOn: () => void) => void;

function behind(admit: Admit, method: ServiceMethod): ServiceMethod {
  switch (method.kind) {
    case 'unary': {
      const { handler } = method;
      return {
        kind: 'unary',
        handler: (call, request) => admit(call, () => handler(call, request)),
      };
    }
    case 'server-stream': {
      const { handler } = method;
      return {
        kind: 'server-stream',
        handler: (call, request) => admit(call, () => handler(call, request)),
      };
    }
    case 'bidi': {
      const { handler } = method;
      return { kind: 'bidi', handler: (call) => admit(call, () => handler(call)) };
    }
  }
}
