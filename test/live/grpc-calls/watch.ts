/** Watch: creation and its mistakes, histories, filters, progress, fragments, order. */
import type { Fields } from '../../support/grpc-client.ts';
import {
  type Action,
  type CallStep,
  call,
  del,
  type GrpcStep,
  INT64_MAX,
  INT64_MIN,
  put,
  SETTLE,
} from '../grpc-script.ts';

const create = (key: string, more: Fields = {}): Action => ({
  send: { createRequest: { key, ...more } },
});
const cancel = (watchId: number | string): Action => ({ send: { cancelRequest: { watchId } } });
const PROGRESS: Action = { send: { progressRequest: {} } };
const watch = (...actions: Action[]): GrpcStep => ({ stream: 'Watch/Watch', actions });
const txn = (...success: Fields[]): CallStep => call('KV/Txn', { success });
const op = {
  put: (key: string, value: string): Fields => ({ requestPut: { key, value } }),
  del: (key: string, rangeEnd = ''): Fields => ({ requestDeleteRange: { key, rangeEnd } }),
};

const SETUP: GrpcStep[] = [
  put('h/a', '1'),
  put('h/a', '2'),
  put('h/b', '1'),
  del('h/a'),
  txn(op.put('h/a', '3'), op.put('h/b', '2'), op.put('h/c', '1')),
  del('h/', { rangeEnd: 'h0' }),
  put('h/a', '4'),
];

const CREATES: GrpcStep[] = [
  watch(create('w'), SETTLE, put('w', '1'), put('x', '1'), del('w'), del('w'), { settle: 3 }),
  watch(create(''), SETTLE, put('any', '1'), call('KV/Put', { key: '\0', value: 'z' })),
  watch(create('', { rangeEnd: '\0' }), SETTLE, put('any', '2')),
  watch(create('', { rangeEnd: 'b' }), SETTLE, put('any', '2'), put('b', '1')),
  watch(create('w', { rangeEnd: '\0' }), SETTLE, put('v', '1'), put('w', '2'), put('zz', '1')),
  watch(create('w', { rangeEnd: 'x' }), SETTLE, put('w', '3'), put('wz', '1'), put('x', '2')),
  watch(create('w', { rangeEnd: 'w' })),
  watch(create('x', { rangeEnd: 'w' })),
  watch(create('x', { rangeEnd: 'w', watchId: 4, startRevision: -1 })),
  watch(create('w', { startRevision: -1 })),
  watch(create('w', { startRevision: INT64_MIN, watchId: 9 })),
  watch(create('w', { startRevision: INT64_MAX }), SETTLE, put('w', '4')),
  // After a refusal the stream goes on, and ids are given as if it had not been.
  watch(
    create('x', { rangeEnd: 'w' }),
    create('w'),
    create('w', { startRevision: -5 }),
    create('w'),
  ),
  watch({ send: {} }, create('w')),
  watch({ send: Buffer.from('0a00', 'hex') }),
  watch({ send: Buffer.from('f80701', 'hex') }, create('w')),
  watch(create('w'), { halfClose: true }, SETTLE, put('w', '5'), { settle: 2 }),
  watch({ halfClose: true }),
  watch({ send: { progressRequest: {}, createRequest: { key: 'w' } } }),
];

const IDS: GrpcStep[] = [
  watch(create('w'), create('w'), create('w', { watchId: 7 }), create('w'), SETTLE, put('w', '6')),
  watch(create('w', { watchId: 1 }), create('w'), create('w'), create('w')),
  watch(create('w', { watchId: 5 }), create('w', { watchId: 5 }), create('v', { watchId: 5 })),
  watch(create('w'), create('w', { watchId: 0 })),
  watch(create('w', { watchId: -1 }), SETTLE, put('w', '7')),
  watch(create('w', { watchId: -1 }), create('w', { watchId: -1 }), cancel(-1), create('w')),
  watch(create('w', { watchId: INT64_MAX }), create('w', { watchId: INT64_MIN }), create('w')),
  watch(create('w'), cancel(0), create('w'), SETTLE, create('w', { watchId: 0 })),
  watch(create('w', { watchId: 3 }), cancel(3), SETTLE, create('w', { watchId: 3 }), cancel(3)),
  watch(
    create('w'),
    create('w'),
    cancel(0),
    SETTLE,
    put('w', '8'),
    cancel(1),
    SETTLE,
    put('w', '9'),
  ),
  watch(cancel(0), cancel(99), cancel(-1), cancel(INT64_MAX), create('w'), cancel(1), cancel(0)),
  watch(create('w'), cancel(0), cancel(0)),
];

const FILTERS = [[], [0], [1], [0, 0], [5], [-1], [2, 1], [0, 1]];
/** Of these, nothing is left. */
const FILTERS_OF_ALL = 7;
const HISTORY: GrpcStep[] = [
  ...[1, 2, 3, 5, 6, 7, 8].map((startRevision) =>
    watch(create('h/', { rangeEnd: 'h0', startRevision, prevKv: true }), { settle: 2 }),
  ),
  watch(create('h/a', { startRevision: 1 }), { settle: 2 }),
  watch(create('h/a', { startRevision: 4 }), { settle: 2 }, put('h/a', '5'), { settle: 3 }),
  // Asked at once, it depends on how soon a server has caught up whether progress is told.
  watch(create('none', { startRevision: 1 }), SETTLE, PROGRESS),
  ...FILTERS.map((filters, at) =>
    watch(create('h/', { rangeEnd: 'h0', startRevision: 1, filters }), {
      settle: at === FILTERS_OF_ALL ? 1 : 2,
    }),
  ),
  ...FILTERS.map((filters) =>
    watch(
      create('f', { filters, prevKv: true }),
      SETTLE,
      put('f', '1'),
      put('f', '2'),
      del('f'),
      txn(op.put('f', '3'), op.put('g', '1')),
      txn(op.del('f'), op.put('g', '2')),
    ),
  ),
  // Two watchers with different starts, one far behind.
  watch(
    create('h/', { rangeEnd: 'h0', startRevision: 2 }),
    { settle: 2 },
    create('h/a', { startRevision: 6, prevKv: true }),
    { settle: 4 },
    put('h/a', '6'),
    { settle: 6 },
  ),
];

/** A start in the future: quiet until then. */
const FUTURE: GrpcStep[] = [
  watch(
    { send: (now) => ({ createRequest: { key: 'fu', startRevision: now + 3 } }) },
    SETTLE,
    put('fu', '1'),
    PROGRESS,
    put('fu', '2'),
    SETTLE,
    put('fu', '3'),
    PROGRESS,
    SETTLE,
    put('fu', '4'),
  ),
  watch({ send: (now) => ({ createRequest: { key: 'fu', startRevision: now } }) }, { settle: 2 }),
  watch(
    { send: (now) => ({ createRequest: { key: 'fu', startRevision: now + 1 } }) },
    SETTLE,
    put('fu', '5'),
  ),
];

const PROGRESSES: GrpcStep[] = [
  watch(PROGRESS),
  watch(PROGRESS, create('p'), SETTLE, PROGRESS),
  watch(create('p'), SETTLE, PROGRESS, SETTLE, PROGRESS),
  watch(create('p', { progressNotify: true }), SETTLE, put('p', '1'), SETTLE, PROGRESS),
  watch(create('p'), SETTLE, put('other', '1'), PROGRESS, SETTLE, put('p', '1'), SETTLE, PROGRESS),
  watch(create('p'), create('p'), cancel(0), SETTLE, PROGRESS, SETTLE, cancel(1), SETTLE, PROGRESS),
];

const MIXED: GrpcStep[] = [
  watch(
    create('m', { rangeEnd: 'n', prevKv: true }),
    SETTLE,
    txn(op.put('m1', 'a'), op.put('m2', 'a'), op.put('x', 'a')),
    txn(op.put('m1', 'b'), op.del('m2'), op.put('m3', 'b')),
    txn(op.del('m', 'n')),
    txn(op.del('m', 'n')),
    txn(op.put('m1', 'c'), { requestTxn: { success: [op.put('m2', 'c')] } }),
  ),
  // Many watchers of one key, and of ranges around it.
  watch(
    ...Array.from({ length: 30 }, (_, at) => create('m', at % 2 === 0 ? {} : { rangeEnd: 'n' })),
    { settle: 30 },
    put('m', '1'),
    put('m5', '1'),
    { settle: 75 },
    ...Array.from({ length: 29 }, (_, at) => cancel(at)),
    SETTLE,
    put('m', '2'),
  ),
  watch(
    create('m', { prevKv: true }),
    SETTLE,
    put('m', '3'),
    put('m', '3', { lease: 404 }),
    del('m'),
  ),
];

const BIG = 'x'.repeat(400_000);
const bigTxn = (count: number): CallStep =>
  txn(...Array.from({ length: count }, (_, at) => op.put(`big/${at}`, BIG)));
const FRAGMENTS: GrpcStep[] = [true, false].flatMap((fragment) => [
  watch(
    create('big/', { rangeEnd: 'big0', fragment, prevKv: true }),
    SETTLE,
    // A client that is still reading what came before may get several revisions in one response.
    bigTxn(3),
    { settle: 2 },
    bigTxn(3),
    { settle: 3 },
    del('big/', { rangeEnd: 'big0' }),
    { settle: 4 },
  ),
  watch(create('big/', { rangeEnd: 'big0', fragment, startRevision: 20 }), {
    settle: fragment ? 3 : 2,
  }),
  watch(create('big/', { rangeEnd: 'big0', fragment, startRevision: 20, prevKv: true }), {
    settle: fragment ? 3 : 2,
  }),
]);

const COMPACTED: GrpcStep[] = [
  call('KV/Compact', { revision: 6, physical: true }),
  ...[1, 5, 6, 7].flatMap((startRevision) => [
    watch(create('h/', { rangeEnd: 'h0', startRevision, prevKv: true }), { settle: 2 }),
    watch(create('none', { startRevision }), { settle: 1 }),
  ]),
  // What a watcher that compaction cancelled leaves: is its id free, can it be cancelled?
  watch(
    create('h/a', { startRevision: 1, watchId: 4 }),
    { settle: 2 },
    create('h/a', { watchId: 4 }),
    SETTLE,
  ),
  watch(create('h/a', { startRevision: 1 }), { settle: 2 }, cancel(0), SETTLE, PROGRESS),
  watch(create('h/a', { startRevision: 1 }), { settle: 2 }, create('h/a'), SETTLE, PROGRESS),
];

export const WATCH_SCRIPT: readonly GrpcStep[] = [
  ...SETUP,
  ...CREATES,
  ...IDS,
  ...HISTORY,
  ...FUTURE,
  ...PROGRESSES,
  ...MIXED,
  ...FRAGMENTS,
  ...COMPACTED,
];
