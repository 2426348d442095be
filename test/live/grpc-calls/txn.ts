/** Txn: what compares mean, which operations may stand together, limits, and failures inside. */
import type { Fields } from '../../support/grpc-client.ts';
import { type CallStep, call, type GrpcStep, INT64_MAX, put, range } from '../grpc-script.ts';

const ALL = { key: '\0', rangeEnd: '\0' };
const p = (key: string, value = 'v', more: Fields = {}): Fields => ({
  requestPut: { key, value, ...more },
});
const d = (key: string, rangeEnd = '', more: Fields = {}): Fields => ({
  requestDeleteRange: { key, rangeEnd, ...more },
});
const r = (key: string, more: Fields = {}): Fields => ({ requestRange: { key, ...more } });
const t = (txn: Fields): Fields => ({ requestTxn: txn });
const txn = (fields: Fields): CallStep => call('KV/Txn', fields);
const then = (...success: Fields[]): CallStep => txn({ success });
const otherwise = (...failure: Fields[]): CallStep => txn({ failure });
/** A txn that tells whether its compares held. */
const when = (...compare: Fields[]): GrpcStep =>
  txn({ compare, success: [r('yes')], failure: [r('no')] });

const SETUP: GrpcStep[] = [
  put('a', '1'),
  put('b', '2'),
  put('b', '3'),
  put('c', ''),
  call('Lease/LeaseGrant', { ID: 9, TTL: 1000 }),
  put('leased', 'l', { lease: 9 }),
];

/** Name of the oneof's field and values below, at and above what key `b` has. */
const TARGETS: readonly [target: number, field: string, values: readonly unknown[]][] = [
  [0, 'version', [1, 2, 3, 0, -1]],
  [1, 'createRevision', [2, 3, 4, 0, INT64_MAX]],
  [2, 'modRevision', [3, 4, 5, 0, -1]],
  [3, 'value', ['2', '3', '4', '', '33']],
  [4, 'lease', [0, 9, 10, -1]],
];

const COMPARES: GrpcStep[] = [
  ...TARGETS.flatMap(([target, field, values]) =>
    values.flatMap((value) =>
      [0, 1, 2, 3].map((result) => when({ key: 'b', target, result, [field]: value })),
    ),
  ),
  // A key that is not there; an end that takes some, no, or all keys in.
  ...TARGETS.flatMap(([target, field, values]) =>
    [0, 1, 2, 3].flatMap((result) => [
      when({ key: 'absent', target, result, [field]: values.at(-1) }),
      when({ key: 'absent', target, result }),
      when({ key: 'a', rangeEnd: 'c', target, result, [field]: values[1] }),
      when({ key: 'a', rangeEnd: '\0', target, result, [field]: values[0] }),
      when({ key: 'm', rangeEnd: 'n', target, result, [field]: values[1] }),
      when({ key: 'c', rangeEnd: 'a', target, result, [field]: values[1] }),
      when({ key: 'b', target, result }),
    ]),
  ),
  when({ key: 'leased', target: 4, result: 0, lease: 9 }),
  when({ key: 'leased', target: 4, result: 1, lease: 8 }),
  // Values without a name, and a oneof that is not the target's.
  when({ key: 'b', target: 5, result: 0, version: 2 }),
  when({ key: 'b', target: -1, result: 0, version: 2 }),
  when({ key: 'b', target: 0, result: 4, version: 2 }),
  when({ key: 'b', target: 0, result: -1, version: 77 }),
  when({ key: 'b', target: 0, result: 0, modRevision: 2 }),
  when({ key: 'b', target: 3, result: 0, version: 2 }),
  when({ key: 'b', target: 2, result: 0, value: '3' }),
  when({ key: '', target: 0, result: 0, version: 0 }),
  when({ key: '', rangeEnd: '\0', target: 0, result: 1, version: 0 }),
  when({ ...ALL, target: 0, result: 1, version: 0 }),
  when(),
  when({ key: 'a', version: 1 }, { key: 'b', version: 2 }),
  when({ key: 'a', version: 1 }, { key: 'b', version: 1 }),
];

const SHAPES: GrpcStep[] = [
  txn({}),
  then({}),
  otherwise({}),
  then(p('a'), {}),
  then(t({})),
  then(t({ success: [{}] })),
  then(t({ success: [t({ success: [t({})] })] })),
  then(r('a')),
  then(r('a', { serializable: true })),
  then(r('a'), r('b', { revision: 3 }), r('', {})),
  then(r('a'), r('b', { revision: 3 })),
  then(t({ success: [r('a')] })),
  then(p('s1', '1', { prevKv: true }), p('s2', '2', { prevKv: true }), r('s', { rangeEnd: 't' })),
  then(p('s1', '3', { prevKv: true }), d('s2', '', { prevKv: true }), r('s', { rangeEnd: 't' })),
  then(r('s1'), p('s1', '4'), r('s1'), d('s2'), r('s1', { countOnly: true })),
  then(d('absent')),
  then(d('absent'), d('absent')),
  then(d('s', 't', { prevKv: true }), r('s', { rangeEnd: 't' })),
  txn({ compare: [{ key: 'a', version: 99 }], success: [p('no')], failure: [p('yes', 'v')] }),
  txn({ compare: [{ key: 'a', version: 99 }], success: [p('no')] }),
  // The compare of the inner txn is made before the outer txn writes.
  then(p('i', '1'), t({ compare: [{ key: 'i', version: 1 }], success: [r('i')] })),
  then(
    p('j', '1'),
    t({ compare: [{ key: 'j', version: 0 }], success: [p('j2')], failure: [p('j3')] }),
    r('j', { rangeEnd: 'k' }),
  ),
  then(
    t({ success: [p('n1'), t({ success: [p('n2'), r('n', { rangeEnd: 'o' })] })] }),
    r('n', { rangeEnd: 'o' }),
  ),
  then(p('a', '', { ignoreValue: true }), p('leased', 'v', { ignoreLease: true, prevKv: true })),
  then(p('made', 'v'), p('other', '', { ignoreValue: true })),
];

const BRANCH_MISTAKES: Fields[] = [
  p(''),
  p('a', 'v', { ignoreValue: true }),
  p('a', 'v', { ignoreLease: true, lease: 9 }),
  p('fail', 'v', { lease: 404 }),
  p('absent', '', { ignoreValue: true }),
  p('absent', 'v', { ignoreLease: true }),
  d(''),
  d('', '\0'),
  r(''),
  r('a', { revision: 1_000_000 }),
  r('a', { revision: INT64_MAX }),
  r('a', { revision: 1 }),
  r('a', { revision: -1 }),
  t({ success: [r('')] }),
  t({ compare: [{ key: '', version: 1 }] }),
  t({ failure: [p('')] }),
  t({ failure: [p('fail', 'v', { lease: 404 })] }),
  t({ success: [p('fail', 'v', { lease: 404 })] }),
  t({ success: [r('a', { revision: 1_000_000 })] }),
];

const MISTAKES: GrpcStep[] = [
  ...BRANCH_MISTAKES.flatMap((bad) => [
    then(p('before'), bad, p('after')),
    otherwise(p('before'), bad),
    then(bad),
  ]),
  // 3.5 takes these, and dies of an unknown target.
  ...[r('a', { sortOrder: 9 }), r('a', { sortTarget: 9 })].flatMap((bad) =>
    [then(p('before'), bad), otherwise(p('before'), bad), then(bad)].map((step) => ({
      ...step,
      only36: { code: 3, text: 'etcdserver: invalid sort option' },
    })),
  ),
  txn({ compare: [{ key: '' }], success: [p('')], failure: [{}] }),
  txn({ compare: [{ key: 'a' }], success: [{}], failure: [p('')] }),
  range('before', { rangeEnd: 'z' }),
];

const TWO_BRANCHES = t({ success: [p('k')], failure: [p('k')] });
const DUPLICATES: GrpcStep[] = [
  [p('k'), p('k')],
  [p('k'), p('l'), p('k')],
  [p('k'), d('k')],
  [d('k'), p('k')],
  [p('k'), d('j', 'l')],
  [d('j', 'l'), p('k')],
  [p('k'), d('j', 'k')],
  [p('k'), d('k', 'l')],
  [p('k'), d('l', 'j')],
  [p('k'), d('a', '\0')],
  [p('k'), d('l', '\0')],
  [p('k'), d('\0', '\0')],
  [d('\0', '\0'), p('k')],
  [d('k'), d('k')],
  [d('j', 'l'), d('k')],
  [r('k'), p('k'), r('k')],
  [p('k'), t({ success: [p('k')] })],
  [t({ success: [p('k')] }), p('k')],
  [t({ failure: [p('k')] }), p('k')],
  [t({ success: [p('k')] }), t({ success: [p('k')] })],
  [t({ success: [p('k')] }), t({ failure: [p('k')] })],
  [TWO_BRANCHES],
  [TWO_BRANCHES, p('k')],
  [TWO_BRANCHES, TWO_BRANCHES],
  [TWO_BRANCHES, d('k')],
  [t({ success: [d('k')] }), p('k')],
  [p('k'), t({ success: [d('k')] })],
  [t({ success: [d('j', 'l')] }), t({ success: [p('k')] })],
  [t({ success: [p('k')] }), t({ success: [d('j', 'l')] })],
  [t({ success: [d('k')], failure: [p('k')] })],
  [t({ success: [d('k')] }), t({ success: [d('k')] })],
  [t({ success: [t({ success: [p('k')] }), p('k')] })],
  [t({ success: [t({ success: [p('k')] })] }), p('k')],
  [t({ success: [t({ success: [d('k')] })] }), p('k')],
  [t({ success: [t({ success: [p('k')] })], failure: [t({ failure: [p('k')] })] })],
].flatMap((ops) => [then(...ops), otherwise(...ops)]);

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const puts = (count: number): Fields[] => many(count, (at) => p(`many/${at}`));
const gets = (count: number): Fields[] => many(count, () => r('a', { countOnly: true }));
const compares = (count: number): Fields[] => many(count, () => ({ key: 'a', version: 1 }));

const LIMITS: GrpcStep[] = [
  ...[127, 128, 129].flatMap((count) => [
    then(...puts(count)),
    otherwise(...puts(count)),
    then(...gets(count)),
    txn({ compare: compares(count) }),
    then(t({ success: gets(count) })),
  ]),
  // A nested txn may hold what the outer one's largest part leaves.
  ...[0, 1, 64, 126, 127, 128].flatMap((inner) => [
    then(t({ success: gets(inner) })),
    then(...gets(63), t({ success: gets(inner) })),
    txn({ compare: compares(10), success: [t({ failure: gets(inner) })] }),
  ]),
  then(t({ success: [t({ success: gets(126) })] })),
  then(t({ success: [t({ success: gets(125) })] })),
  txn({ compare: [...compares(128), { key: '' }] }),
  then(...puts(128), p('')),
  then(p('many/0'), p('many/0'), p('')),
  then(p('big', 'x'.repeat(1_600_000))),
];

const COMPACTED: GrpcStep[] = [
  call('KV/Compact', { revision: 4 }),
  then(r('a', { revision: 3 })),
  then(r('a', { revision: 4 })),
  then(p('z1'), r('a', { revision: 3 })),
  then(p('z1'), r('a', { revision: 4 })),
  then(p('z1'), r('a', { revision: 5 }), r('z1')),
  call('KV/Txn', (now) => ({ success: [p('z1'), r('z1', { revision: now })] })),
  call('KV/Txn', (now) => ({ success: [p('z1'), r('z1', { revision: now + 1 })] })),
  call('KV/Txn', (now) => ({ success: [p('z1'), r('z1', { revision: now + 2 })] })),
  call('KV/Txn', (now) => ({ success: [r('z1', { revision: now + 1 })] })),
  call('KV/Txn', (now) => ({ success: [t({ success: [r('z1', { revision: now + 1 })] })] })),
  range('\0', { rangeEnd: '\0', keysOnly: true }),
];

export const TXN_SCRIPT: readonly GrpcStep[] = [
  ...SETUP,
  ...COMPARES,
  ...SHAPES,
  ...MISTAKES,
  ...DUPLICATES,
  ...LIMITS,
  ...COMPACTED,
];
