import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkByRevision } from '../../../sim/check/by-revision.ts';
import { checkBySearch } from '../../../sim/check/by-search.ts';
import { checkCompactions } from '../../../sim/check/compactions.ts';
import type {
  Change,
  Operation,
  Outcome,
  PutRequest,
  RangeRequest,
  Request,
  Result,
  Row,
  Sighting,
} from '../../../sim/check/history.ts';
import { COMPACTED, FUTURE_REVISION } from '../../../sim/check/refusal.ts';
import { ALL_KEYS, oneKey } from '../../../sim/check/span.ts';
import { Timeline } from '../../../sim/check/timeline.ts';

const UNKNOWN: Outcome = { kind: 'unknown', error: 'etcdserver: request timed out' };

function put(value: string): PutRequest {
  return { kind: 'put', key: 'a', value, lease: 0n };
}

function range(revision = 0, isSerializable = false): RangeRequest {
  return { kind: 'range', span: oneKey('a'), revision, isSerializable };
}

function row(value: string, revision: number, fields: Partial<Row> = {}): Row {
  const born = { createRevision: revision, modRevision: revision, version: 1 };
  return { value, ...born, lease: 0n, ...fields };
}

/** The operation whose call is event `called`, answered in the next one. */
function op(called: number, request: Request, revision: number, result: Result): Operation {
  const outcome = { kind: 'answered', returned: called + 1, revision, result } as const;
  return { client: 1, called, request, outcome };
}

function wrote(called: number, value: string, revision: number): Operation {
  return op(called, put(value), revision, { kind: 'put', previous: undefined });
}

function read(called: number, revision: number, shown?: Row, request = range()): Operation {
  const rows = shown === undefined ? [] : [{ key: 'a', ...shown }];
  return op(called, request, revision, { kind: 'range', rows });
}

function failed(called: number, request: Request, outcome: Outcome = UNKNOWN): Operation {
  return { client: 2, called, request, outcome };
}

const ONE = row('1', 2);
const TWO = row('2', 3, { createRevision: 2, version: 2 });

/** Revisions 2, 3 … in each of which `a` becomes what is given. */
function history(...rows: readonly (Row | undefined)[]): Timeline {
  return timeline(...rows.map((one) => [{ key: 'a', row: one }]));
}

function timeline(...changes: readonly (readonly Change[])[]): Timeline {
  return new Timeline(changes.map((list, i) => ({ revision: i + 2, changes: list })));
}

function rules(operations: Operation[], truth: Timeline, seen: Sighting[] = []): string[] {
  return checkByRevision(operations, truth, seen).violations.map(({ rule }) => rule);
}

function searchRules(operations: Operation[]): string[] {
  return checkBySearch(operations, { stepsMax: 1000 }).violations.map(({ rule }) => rule);
}

describe('by revision: reads', () => {
  const writes = [wrote(1, '1', 2), wrote(3, '2', 3)];
  const truth = history(ONE, TWO);

  it('what was there, at the header or at the revision asked for -> accepted', () => {
    const old = read(7, 3, ONE, range(2));
    assert.deepEqual(rules([...writes, read(5, 3, TWO), old], truth), []);
  });

  it('a value that was not there -> result', () => {
    assert.deepEqual(rules([...writes, read(5, 3, ONE)], truth), ['result']);
    assert.deepEqual(rules([...writes, read(5, 3, ONE, range(3))], truth), ['result']);
    assert.deepEqual(rules([...writes, read(5, 4, TWO)], truth), ['result']);
    assert.deepEqual(rules([...writes, read(5, 3, TWO, range(4))], truth), ['result']);
    assert.deepEqual(searchRules([...writes, read(5, 3, ONE)]), ['linearizable', 'linearizable']);
  });

  it('an older state than was acknowledged or watched -> real-time, unless serializable', () => {
    assert.deepEqual(rules([...writes, read(5, 2, ONE)], truth), ['real-time']);
    assert.deepEqual(rules([...writes, read(5, 2, ONE, range(0, true))], truth), []);
    const unseen = [wrote(1, '1', 2), failed(3, put('2')), read(5, 2, ONE)];
    assert.deepEqual(rules(unseen, truth), []);
    assert.deepEqual(rules(unseen, truth, [{ at: 4, revision: 3 }]), ['real-time']);
  });

  it('a state from before the write was called -> nobody made it', () => {
    const early = [wrote(1, '1', 2), read(3, 3, TWO), failed(5, put('2'))];
    assert.deepEqual(rules(early, truth), ['caused']);
    assert.deepEqual(searchRules(early), ['linearizable', 'linearizable']);
  });
});

describe('by revision: writes', () => {
  it('an acknowledged write that is not in history -> durable', () => {
    const lost = [wrote(1, '1', 2), wrote(3, '2', 3)];
    assert.deepEqual(rules(lost, history(ONE)), ['durable']);
  });

  it('two writes with one revision -> one of them is lost', () => {
    const both = [wrote(1, '1', 2), wrote(3, '2', 2)];
    assert.deepEqual(rules(both, history(ONE)), ['durable', 'real-time', 'one-cause']);
  });

  it('a write before what was seen when it was called -> real-time', () => {
    const swapped = [wrote(1, '2', 3), wrote(3, '1', 2)];
    assert.deepEqual(rules(swapped, history(ONE, TWO)), ['real-time']);
  });

  it('an unknown write -> once or never', () => {
    const unknown = [wrote(1, '1', 2), failed(3, put('2'))];
    assert.deepEqual(rules(unknown, history(ONE)), []);
    assert.deepEqual(rules(unknown, history(ONE, TWO)), []);
    const again = row('2', 4, { createRevision: 2, version: 3 });
    assert.deepEqual(rules(unknown, history(ONE, TWO, again)), ['once', 'caused']);
  });

  it('unknown deletes -> each explains one revision at most', () => {
    const remove: Request = { kind: 'delete', span: ALL_KEYS };
    const truth = history(ONE, undefined, row('3', 4), undefined);
    const writes = [wrote(1, '1', 2), wrote(5, '3', 4)];
    assert.deepEqual(rules([...writes, failed(3, remove), failed(4, remove)], truth), []);
    assert.deepEqual(rules([...writes, failed(3, remove)], truth), ['caused']);
  });

  it('a refused write that took effect -> caused', () => {
    const refused: Outcome = {
      kind: 'refused',
      returned: 4,
      error: 'etcdserver: too many requests',
    };
    const operations = [wrote(1, '1', 2), failed(3, put('2'), refused)];
    assert.deepEqual(rules(operations, history(ONE)), []);
    assert.deepEqual(rules(operations, history(ONE, TWO)), ['caused']);
  });

  it('a txn that is answered by the wrong branch, or applied by half -> violation', () => {
    const txn: Request = {
      kind: 'txn',
      compares: [{ key: 'a', target: 'value', relation: '=', operand: '1' }],
      success: [put('2'), { kind: 'put', key: 'b', value: '3', lease: 0n }],
      failure: [range()],
    };
    const done = [{ kind: 'put', previous: undefined } as const];
    const succeeded = op(3, txn, 3, { kind: 'txn', isSuccess: true, results: [...done, ...done] });
    const whole = timeline(
      [{ key: 'a', row: ONE }],
      [
        { key: 'a', row: TWO },
        { key: 'b', row: row('3', 3) },
      ],
    );
    assert.deepEqual(rules([wrote(1, '1', 2), succeeded], whole), []);
    assert.deepEqual(rules([wrote(1, '1', 2), succeeded], history(ONE, TWO)), ['durable']);
    const results = [{ kind: 'range', rows: [{ key: 'a', ...ONE }] } as const];
    const refusing = op(3, txn, 2, { kind: 'txn', isSuccess: false, results });
    assert.deepEqual(rules([wrote(1, '1', 2), refusing], history(ONE)), ['result']);
    assert.ok(searchRules([wrote(1, '1', 2), refusing]).length > 0);
  });
});

describe('by revision: leases', () => {
  const grant = op(1, { kind: 'grant', lease: 7n, ttlSeconds: 5 }, 1, { kind: 'grant' });
  const writes = ['a', 'b'].map((key, i) => {
    const request: Request = { kind: 'put', key, value: key, lease: 7n };
    return op(3 + 2 * i, request, 2 + i, { kind: 'put', previous: [] });
  });
  const rows = ['a', 'b'].map((key, i) => [{ key, row: row(key, 2 + i, { lease: 7n }) }]);
  const removal = (key: string): Change => ({ key, row: undefined });

  it('all keys of a lease go at once -> it expired', () => {
    const truth = timeline(...rows, [removal('a'), removal('b')]);
    const { violations, causes } = checkByRevision([grant, ...writes], truth);
    assert.deepEqual(violations, []);
    assert.equal(causes.get(4)?.kind, 'expiry');
  });

  it('only some of them go, or one after another, or there was no grant -> caused', () => {
    const first = timeline(...rows, [removal('a')]);
    assert.deepEqual(rules([grant, ...writes], first), ['caused']);
    const split = timeline(...rows, [removal('a')], [removal('b')]);
    assert.deepEqual(rules([grant, ...writes], split), ['caused']);
    const truth = timeline(...rows, [removal('a'), removal('b')]);
    assert.deepEqual(rules(writes, truth), ['caused']);
  });

  it('a revocation that leaves keys -> result', () => {
    const revoked = op(9, { kind: 'revoke', lease: 7n }, 3, { kind: 'revoke' });
    assert.deepEqual(rules([grant, ...writes, revoked], timeline(...rows)), ['result']);
  });

  it('a revocation of a lease whose keys another deletes at its revision -> accepted', () => {
    const remove: Request = { kind: 'delete', span: ALL_KEYS };
    const deleted = op(7, remove, 4, { kind: 'delete', deleted: 2, previous: undefined });
    const revoked = op(9, { kind: 'revoke', lease: 7n }, 4, { kind: 'revoke' });
    const truth = timeline(...rows, [removal('a'), removal('b')]);
    assert.deepEqual(rules([grant, ...writes, deleted, revoked], truth), []);
  });
});

describe('by revision: the history itself', () => {
  for (const [what, truth, rule] of [
    [
      'a gap',
      new Timeline([{ revision: 3, changes: [{ key: 'a', row: row('1', 3) }] }]),
      'gap-free',
    ],
    ['an empty revision', timeline([]), 'gap-free'],
    ['a wrong version', history(row('1', 2, { version: 2 })), 'history'],
    ['a wrong creation', history(ONE, { ...TWO, createRevision: 3 }), 'history'],
    ['a deletion of nothing', history(undefined), 'history'],
  ] as const) {
    it(`${what} -> ${rule}`, () => {
      assert.ok(rules([], truth).includes(rule));
    });
  }

  it('a key that changes twice at once -> history', () => {
    const change = { key: 'a', row: ONE };
    assert.ok(rules([failed(1, put('1'))], timeline([change, change])).includes('history'));
  });
});

describe('compactions', () => {
  const compacted = op(1, { kind: 'compact', revision: 5 }, 9, { kind: 'compact' });
  const refused = (called: number, request: Request, error: string): Operation =>
    failed(called, request, { kind: 'refused', returned: called + 1, error });
  const problems = (...operations: Operation[]): number => checkCompactions(operations).length;

  it('a range below an answered compaction -> has to fail, unless serializable', () => {
    assert.equal(problems(compacted, read(3, 9, undefined, range(4))), 1);
    assert.equal(problems(compacted, read(3, 9, undefined, range(5))), 0);
    assert.equal(problems(compacted, read(3, 9, undefined, range(4, true))), 0);
    assert.equal(problems(compacted, refused(3, range(4), COMPACTED)), 0);
  });

  it('refused as compacted what nobody compacted -> violation', () => {
    assert.equal(problems(compacted, refused(3, range(5), COMPACTED)), 1);
    assert.equal(problems(refused(3, range(4), COMPACTED)), 1);
    assert.equal(problems(compacted, refused(3, { kind: 'compact', revision: 5 }, COMPACTED)), 0);
    assert.equal(problems(compacted, refused(3, { kind: 'compact', revision: 6 }, COMPACTED)), 1);
  });

  it('refused as future what was seen -> violation, unless serializable', () => {
    assert.equal(problems(compacted, refused(3, range(9), FUTURE_REVISION)), 1);
    assert.equal(problems(compacted, refused(3, range(10), FUTURE_REVISION)), 0);
    assert.equal(problems(compacted, refused(3, range(9, true), FUTURE_REVISION)), 0);
  });
});
