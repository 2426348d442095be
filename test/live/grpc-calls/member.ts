/** Cluster and Maintenance as far as one member shows them, and what the transport itself refuses. */
import type { Fields } from '../../support/grpc-client.ts';
import { type CallStep, call, del, type GrpcStep, put, range } from '../grpc-script.ts';

/** Sizes depend on the file format of the backend. */
const withoutSizes = (answer: Fields): void => {
  answer['dbSize'] = Number(answer['dbSize']) > 0;
  answer['dbSizeInUse'] = Number(answer['dbSizeInUse']) > 0;
};
const status = (): CallStep => ({ ...call('Maintenance/Status'), rewrite: withoutSizes });

/** Looking at alarms is an entry of the log in etcd, and a read here. */
const statusAfterAlarms = (): CallStep => ({
  ...status(),
  rewrite: (answer) => {
    withoutSizes(answer);
    answer['raftIndex'] = 'INDEX';
    answer['raftAppliedIndex'] = 'INDEX';
  },
});

const alarm = (action: number, type: number, more: Fields = {}): CallStep =>
  call('Maintenance/Alarm', { action, alarm: type, ...more });
const [GET, ON, OFF] = [0, 1, 2];
const [NONE, NOSPACE, CORRUPT] = [0, 1, 2];

/** What each alarm lets pass. */
const UNDER_ALARM: GrpcStep[] = [
  put('a', 'v'),
  put('', 'v'),
  range('a'),
  range('a', { serializable: true }),
  del('a'),
  call('KV/Txn', { success: [{ requestPut: { key: 'a', value: 'v' } }] }),
  call('KV/Txn', { failure: [{ requestPut: { key: 'a', value: 'v' } }] }),
  call('KV/Txn', { success: [{ requestRange: { key: 'a' } }] }),
  call('KV/Txn', { success: [{ requestDeleteRange: { key: 'a' } }] }),
  call('KV/Txn', {}),
  call('KV/Txn', { success: [{ requestTxn: { success: [] } }] }),
  call('KV/Compact', (now) => ({ revision: now })),
  call('Lease/LeaseGrant', { ID: 11, TTL: 100 }),
  call('Lease/LeaseRevoke', { ID: 5 }),
  call('Lease/LeaseRevoke', { ID: 404 }),
  call('Cluster/MemberList', { linearizable: true }),
  statusAfterAlarms(),
];

const NESTED_PUT = call('KV/Txn', {
  success: [{ requestTxn: { success: [{ requestPut: { key: 'a', value: 'v' } }] } }],
});

/** Not among them: an unknown action, of which real etcd dies, now and at every start after. */
const ALARMS: GrpcStep[] = [
  call('Lease/LeaseGrant', { ID: 5, TTL: 100 }),
  alarm(GET, NONE),
  alarm(GET, NOSPACE),
  alarm(GET, CORRUPT),
  alarm(GET, 3),
  alarm(OFF, NOSPACE),
  alarm(OFF, NONE),
  alarm(ON, NONE),
  alarm(ON, NONE, { memberID: 5 }),
  alarm(GET, NONE),
  alarm(ON, NOSPACE, { memberID: 5 }),
  alarm(GET, NONE),
  alarm(GET, NOSPACE, { memberID: 404 }),
  alarm(GET, CORRUPT),
  alarm(ON, NOSPACE, { memberID: 5 }),
  ...UNDER_ALARM,
  // 3.5 does not look for puts in nested txns.
  { ...NESTED_PUT, only36: { code: 8, text: 'etcdserver: mvcc: database space exceeded' } },
  alarm(OFF, NOSPACE, { memberID: 404 }),
  alarm(OFF, CORRUPT, { memberID: 5 }),
  alarm(OFF, NOSPACE, { memberID: 5 }),
  alarm(OFF, NOSPACE, { memberID: 5 }),
  put('a', 'v'),
  alarm(ON, NOSPACE),
  statusAfterAlarms(),
  alarm(OFF, NOSPACE),
  call('Lease/LeaseGrant', { ID: 5, TTL: 100 }),
  alarm(ON, CORRUPT, { memberID: 6 }),
  ...UNDER_ALARM,
  NESTED_PUT,
  alarm(GET, NONE),
  alarm(OFF, CORRUPT, { memberID: 6 }),
  put('a', 'v'),
  alarm(ON, NOSPACE, { memberID: 2 }),
  alarm(ON, CORRUPT, { memberID: 1 }),
  put('a', 'v'),
  alarm(OFF, NOSPACE, { memberID: 2 }),
  // 3.5 forgets the one alarm when the other goes.
  { ...put('a', 'v'), only36: { code: 15, text: 'etcdserver: corrupt cluster' } },
  alarm(OFF, CORRUPT, { memberID: 1 }),
  put('a', 'v'),
  alarm(GET, NONE),
];

const MAINTENANCE: GrpcStep[] = [
  ...[0, 1, 2, 3, 1000, -1].map((revision) => call('Maintenance/HashKV', { revision })),
  call('KV/Compact', (now) => ({ revision: now, physical: true })),
  ...[0, 1, 2, 3].map((revision) => call('Maintenance/HashKV', { revision })),
  call('Maintenance/HashKV', (now) => ({ revision: now + 1 })),
  put('a', 'v'),
  call('Maintenance/HashKV'),
  call('Maintenance/HashKV', (now) => ({ revision: now - 1 })),
  call('Maintenance/Hash'),
  call('Maintenance/Defragment'),
  call('Maintenance/HashKV'),
  call('Maintenance/MoveLeader'),
  call('Maintenance/MoveLeader', { targetID: 5 }),
];

const TRANSPORT: GrpcStep[] = [
  { call: '/etcdserverpb.KV/Nothing', request: Buffer.alloc(0) },
  { call: '/etcdserverpb.Nothing/Range', request: Buffer.alloc(0) },
  { call: '/nothing', request: Buffer.alloc(0) },
  { call: '/a/b/c', request: Buffer.alloc(0) },
];

export const MEMBER_SCRIPT: readonly GrpcStep[] = [
  call('Cluster/MemberList'),
  call('Cluster/MemberList', { linearizable: true }),
  status(),
  put('a', '1'),
  status(),
  ...ALARMS,
  ...MAINTENANCE,
  ...TRANSPORT,
];
