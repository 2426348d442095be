/** Range with every option, bound and mistake. Few enough keys that etcd's sort is stable. */
import type { Fields } from '../../support/grpc-client.ts';
import { call, del, type GrpcStep, INT64_MAX, INT64_MIN, put, range } from '../grpc-script.ts';

const HIGH = Buffer.from([0xff]);
const ALL = { rangeEnd: '\0' };

/** Keys with different versions, create and mod revisions, values in another order than keys. */
const SETUP: GrpcStep[] = [
  put('a', 'delta'),
  put('b', 'charlie'),
  put('c', 'bravo'),
  put('d', 'alpha'),
  put('b', 'echo'),
  put('a', 'same'),
  put('a', 'same'),
  put('e', 'same'),
  put('aa', ''),
  put('x', '1'),
  del('x'),
  put('x', '2'),
  put('gone', '1'),
  del('gone'),
  call('KV/Put', { key: HIGH, value: HIGH }),
  call('KV/Put', { key: Buffer.from([0]), value: 'zero' }),
];

const BOUNDS: GrpcStep[] = [
  range(''),
  range('', ALL),
  range('', { rangeEnd: 'b' }),
  range('a'),
  range('absent'),
  range('gone'),
  range('\0'),
  range('\0', ALL),
  range('a', ALL),
  range('x', ALL),
  range('a', { rangeEnd: 'a' }),
  range('b', { rangeEnd: 'a' }),
  range('a', { rangeEnd: 'b' }),
  range('a', { rangeEnd: 'a\0' }),
  range('a', { rangeEnd: HIGH }),
  call('KV/Range', { key: HIGH }),
  call('KV/Range', { key: HIGH, rangeEnd: '\0' }),
  call('KV/Range', { key: HIGH, rangeEnd: 'a' }),
  range('a', { rangeEnd: '\0\0' }),
];

const REVISIONS: GrpcStep[] = [0, -1, 1, 2, 5, 6, 7, 12, 13, INT64_MIN, INT64_MAX].flatMap(
  (revision) => [
    range('a', { revision }),
    range('\0', { ...ALL, revision }),
    range('\0', { ...ALL, revision, countOnly: true }),
    range('a', { ...ALL, revision, limit: 2, keysOnly: true }),
  ],
);

const AROUND_NOW: GrpcStep[] = [-1, 0, 1, 2].flatMap((offset) => [
  call('KV/Range', (now) => ({ key: 'a', revision: now + offset })),
  call('KV/Range', (now) => ({ key: 'absent', revision: now + offset })),
  call('KV/Range', (now) => ({ key: 'a', revision: now + offset, serializable: true })),
]);

const LIMITS: GrpcStep[] = [0, -1, 1, 2, 7, 8, 9, 100, INT64_MAX, INT64_MIN].flatMap((limit) => [
  range('\0', { ...ALL, limit }),
  range('\0', { ...ALL, limit, keysOnly: true }),
  range('\0', { ...ALL, limit, countOnly: true }),
  range('\0', { ...ALL, limit, sortOrder: 2 }),
]);

const SORTS: GrpcStep[] = [0, 1, 2, 3, 4].flatMap((sortTarget) =>
  [0, 1, 2].flatMap((sortOrder) =>
    [{}, { limit: 3 }, { limit: 8 }, { revision: 8 }, { keysOnly: true, limit: 2 }].map((more) =>
      range('\0', { ...ALL, sortTarget, sortOrder, ...more }),
    ),
  ),
);

/** 3.5 takes these, and dies of an unknown target. */
const INVALID_SORT = { code: 3, text: 'etcdserver: invalid sort option' };
const BAD_SORTS: GrpcStep[] = [
  { sortTarget: 5 },
  { sortTarget: -1 },
  { sortTarget: 5, sortOrder: 1 },
  { sortOrder: 3 },
  { sortOrder: -1 },
  { sortOrder: 2_147_483_647 },
  { sortOrder: 7, sortTarget: 7 },
  { sortOrder: 3, countOnly: true },
].map((more) => ({ ...range('a', more), only36: INVALID_SORT }));

const FILTER_VALUES = [-1, 1, 3, 6, 8, 9, 13, 1000];
const FILTERS: GrpcStep[] = [
  ...['minModRevision', 'maxModRevision', 'minCreateRevision', 'maxCreateRevision'].flatMap(
    (name) => FILTER_VALUES.map((value) => range('\0', { ...ALL, [name]: value })),
  ),
  ...[
    { minModRevision: 6, maxModRevision: 9 },
    { minModRevision: 9, maxModRevision: 6 },
    { minCreateRevision: 2, maxCreateRevision: 4, maxModRevision: 6 },
    { minModRevision: 6, limit: 2 },
    { minModRevision: 6, limit: 2, sortOrder: 2 },
    { minModRevision: 6, limit: 2, sortOrder: 2, sortTarget: 4 },
    { maxModRevision: 8, countOnly: true },
    { maxModRevision: 8, keysOnly: true },
    { maxModRevision: 8, revision: 6 },
    { minModRevision: INT64_MAX },
    { maxModRevision: INT64_MIN },
  ].map((filters: Fields) => range('\0', { ...ALL, ...filters })),
];

const READING: GrpcStep[] = [
  range('a', { serializable: true }),
  range('a', { keysOnly: true }),
  range('a', { keysOnly: true, countOnly: true }),
  range('a', { countOnly: true }),
  range('absent', { countOnly: true }),
  range('b', { rangeEnd: 'a', countOnly: true }),
  range('\0', { ...ALL, keysOnly: true, sortTarget: 4, sortOrder: 1 }),
];

const COMPACTED: GrpcStep[] = [
  ...[8, 9, 10].map((revision) => range('a', { revision })),
  call('KV/Compact', { revision: 9 }),
  ...[0, 1, 8, 9, 10].flatMap((revision) => [
    range('a', { revision }),
    range('\0', { ...ALL, revision }),
    range('absent', { revision }),
    range('b', { rangeEnd: 'a', revision }),
    range('a', { revision, countOnly: true, serializable: true }),
  ]),
];

const RAW: GrpcStep[] = [
  // A field twice: the last counts. Fields out of order, unknown ones, a zero that is written.
  call('KV/Range', Buffer.from('0a01620a0161', 'hex')),
  call('KV/Range', Buffer.from('180212010061', 'hex')),
  call('KV/Range', Buffer.from('18021201000a0161', 'hex')),
  call('KV/Range', Buffer.from('0a0161f80701', 'hex')),
  call('KV/Range', Buffer.from('0a016120002800380040004800', 'hex')),
  // Booleans and enums with more bits than they need.
  call('KV/Range', Buffer.from('0a01614805', 'hex')),
  call('KV/Range', Buffer.from('0a01614880808080808080808001', 'hex')),
  call('KV/Range', Buffer.from('0a01613081808080808080808001', 'hex')),
];

export const RANGE_SCRIPT: readonly GrpcStep[] = [
  range('a'),
  range('\0', ALL),
  call('KV/Range', { key: 'a', revision: 1 }),
  call('KV/Range', { key: 'a', revision: 2 }),
  ...SETUP,
  ...BOUNDS,
  ...REVISIONS,
  ...AROUND_NOW,
  ...LIMITS,
  ...SORTS,
  ...BAD_SORTS,
  ...FILTERS,
  ...READING,
  ...RAW,
  ...COMPACTED,
];
