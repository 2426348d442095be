/** Leases: ids and TTLs at their bounds, keys that come and go, expiry, the keep-alive stream. */
import type { Fields } from '../../support/grpc-client.ts';
import {
  type CallStep,
  call,
  del,
  type GrpcStep,
  INT64_MAX,
  INT64_MIN,
  put,
  range,
  SETTLE,
} from '../grpc-script.ts';

const TTL_MAX = 9_000_000_000;

/** An id that the member chose. */
const chosenId = (answer: Fields): void => {
  answer['ID'] = 'chosen';
};

export const grant = (ID: number | string, TTL: number | string): CallStep =>
  call('Lease/LeaseGrant', { ID, TTL });
export const revoke = (ID: number | string): CallStep => call('Lease/LeaseRevoke', { ID });

/** The remaining time falls while the test runs; the keys come in no order. */
export const timeToLive = (ID: number | string, keys = true): CallStep => ({
  ...call('Lease/LeaseTimeToLive', { ID, keys }),
  rewrite: (answer) => {
    if (Number(answer['TTL']) > 0) answer['TTL'] = 'remaining';
    (answer['keys'] as Uint8Array[]).sort((a, b) => Buffer.compare(a, b));
  },
});
const list = (): CallStep => call('Lease/LeaseLeases');

const GRANTS: GrpcStep[] = [
  list(),
  grant(1, 100),
  grant(1, 100),
  grant(1, 0),
  grant(2, 0),
  grant(3, -1),
  grant(4, 1),
  grant(5, 2),
  grant(6, 3),
  grant(7, TTL_MAX),
  grant(8, TTL_MAX + 1),
  grant(9, INT64_MAX),
  grant(10, INT64_MIN),
  grant(-1, 100),
  grant(-1, 100),
  grant(INT64_MAX, 200),
  grant(INT64_MIN, 300),
  { ...grant(0, 60), rewrite: chosenId },
  { ...grant(0, 0), rewrite: chosenId },
  call('Lease/LeaseGrant', { ID: 0, TTL: TTL_MAX + 1 }),
  { ...call('Lease/LeaseGrant', Buffer.alloc(0)), rewrite: chosenId },
];

/** Those that expire last; the chosen ones are among them, so only what follows is compared. */
const ORDER: GrpcStep[] = [
  grant(20, 5000),
  grant(21, 3000),
  grant(22, 4000),
  {
    ...list(),
    rewrite: (answer) => {
      const ids = (answer['leases'] as Fields[]).map((lease) => String(lease['ID']));
      answer['leases'] = ids.filter((id) => ['1', '20', '21', '22', '7', '-1'].includes(id));
    },
  },
];

const KEYS: GrpcStep[] = [
  timeToLive(20),
  timeToLive(20, false),
  put('l/b', '1', { lease: 20 }),
  put('l/a', '2', { lease: 20 }),
  put('l/c', '3', { lease: 20 }),
  timeToLive(20),
  timeToLive(20, false),
  put('l/c', '4', { lease: 21 }),
  timeToLive(20),
  timeToLive(21),
  put('l/c', '5'),
  timeToLive(21),
  del('l/b'),
  timeToLive(20),
  put('l/b', '6', { lease: 20 }),
  call('KV/Txn', {
    success: [
      { requestPut: { key: 'l/d', value: '7', lease: 20 } },
      { requestDeleteRange: { key: 'l/a' } },
    ],
  }),
  timeToLive(20),
  put('l/d', '', { ignoreValue: true, ignoreLease: true }),
  timeToLive(20),
  put('l/n', 'v', { lease: -1 }),
  put('l/m', 'v', { lease: INT64_MIN }),
  timeToLive(-1),
  timeToLive(INT64_MIN),
  range('l', { rangeEnd: 'm' }),
  timeToLive(0),
  timeToLive(404),
  timeToLive(INT64_MAX),
  timeToLive(7),
];

const REVOKES: GrpcStep[] = [
  revoke(0),
  revoke(404),
  revoke(-404),
  {
    stream: 'Watch/Watch',
    actions: [
      { send: { createRequest: { key: 'l', rangeEnd: 'm', prevKv: true } } },
      { settle: 1 },
      revoke(20),
      { settle: 2 },
    ],
  },
  revoke(20),
  timeToLive(20),
  range('l', { rangeEnd: 'm' }),
  revoke(21),
  revoke(-1),
  revoke(INT64_MIN),
  revoke(INT64_MAX),
  range('l', { rangeEnd: 'm' }),
  put('l/x', 'v', { lease: 20 }),
  grant(20, 10),
  put('l/x', 'v', { lease: 20 }),
];

const keepAlive = (...ids: (number | string)[]): GrpcStep => ({
  stream: 'Lease/LeaseKeepAlive',
  actions: [...ids.map((ID) => ({ send: { ID } })), { settle: ids.length }, { halfClose: true }],
});

const KEEP_ALIVES: GrpcStep[] = [
  keepAlive(1),
  keepAlive(1, 404, 22, 1, 0, -404, 7),
  keepAlive(INT64_MAX),
  keepAlive(),
  {
    stream: 'Lease/LeaseKeepAlive',
    actions: [
      { send: { ID: 22 } },
      { settle: 1 },
      put('between', 'v'),
      { send: { ID: 22 } },
      { settle: 2 },
      revoke(22),
      { send: { ID: 22 } },
      { settle: 3 },
      { halfClose: true },
    ],
  },
  { stream: 'Lease/LeaseKeepAlive', actions: [{ send: Buffer.alloc(0) }, SETTLE] },
];

const EXPIRY: GrpcStep[] = [
  grant(50, 1),
  put('e/2', 'v', { lease: 50 }),
  put('e/1', 'v', { lease: 50 }),
  {
    stream: 'Watch/Watch',
    actions: [
      { send: { createRequest: { key: 'e', rangeEnd: 'f', prevKv: true } } },
      { settle: 2 },
    ],
  },
  timeToLive(50),
  range('e', { rangeEnd: 'f' }),
  revoke(50),
];

export const LEASE_SCRIPT: readonly GrpcStep[] = [
  ...GRANTS,
  ...ORDER,
  ...KEYS,
  ...REVOKES,
  ...KEEP_ALIVES,
  ...EXPIRY,
];
