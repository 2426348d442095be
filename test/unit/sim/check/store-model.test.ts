import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Request, Row } from '../../../sim/check/history.ts';
import { ALL_KEYS, includes, isOneKey, oneKey } from '../../../sim/check/span.ts';
import { applied } from '../../../sim/check/store-model.ts';
import { MapView } from '../../../sim/check/store-view.ts';

const row = (value: string, fields: Partial<Row> = {}): Row => ({
  value,
  createRevision: 2,
  modRevision: 2,
  version: 1,
  lease: 0n,
  ...fields,
});

const VIEW = new MapView(
  new Map([
    ['b', row('x', { lease: 7n })],
    ['a', row('y', { version: 3 })],
  ]),
);

describe('store model', () => {
  it('put: over a key -> next version, created when it was, previous shown', () => {
    const { changes, result } = applied(VIEW, { kind: 'put', key: 'a', value: 'z', lease: 4n }, 9);
    const after = row('z', { modRevision: 9, version: 4, lease: 4n });
    assert.deepEqual(changes, [{ key: 'a', row: after }]);
    assert.deepEqual(result, {
      kind: 'put',
      previous: [{ key: 'a', ...row('y', { version: 3 }) }],
    });
  });

  it('delete: of a span -> each key in order, none for nothing', () => {
    const { changes, result } = applied(VIEW, { kind: 'delete', span: ALL_KEYS }, 9);
    assert.deepEqual(changes, [
      { key: 'a', row: undefined },
      { key: 'b', row: undefined },
    ]);
    assert.equal(result.kind === 'delete' && result.deleted, 2);
    assert.deepEqual(applied(VIEW, { kind: 'delete', span: oneKey('c') }, 9).changes, []);
  });

  it('revoke: the keys of that lease go', () => {
    assert.deepEqual(applied(VIEW, { kind: 'revoke', lease: 7n }, 9).changes, [
      { key: 'b', row: undefined },
    ]);
  });

  it('txn: later parts see earlier ones', () => {
    const request: Request = {
      kind: 'txn',
      compares: [],
      success: [
        { kind: 'put', key: 'c', value: 'n', lease: 0n },
        { kind: 'delete', span: oneKey('b') },
        { kind: 'range', span: ALL_KEYS, revision: 0, isSerializable: false },
      ],
      failure: [],
    };
    const { result } = applied(VIEW, request, 9);
    assert.ok(result.kind === 'txn' && result.results[2]?.kind === 'range');
    assert.deepEqual(
      result.results[2].rows.map(({ key }) => key),
      ['a', 'c'],
    );
  });

  for (const [key, target, relation, operand, holds] of [
    ['a', 'value', '=', 'y', true],
    ['a', 'value', '<', 'y', false],
    ['a', 'version', '>', 2, true],
    ['a', 'modRevision', '!=', 2, false],
    ['b', 'lease', '=', 7n, true],
    ['none', 'value', '!=', 'y', false],
    ['none', 'version', '=', 0, true],
    ['none', 'lease', '=', 0n, true],
  ] as const) {
    it(`compare: ${target} of ${key} ${relation} ${operand} -> ${holds}`, () => {
      const compares = [{ key, target, relation, operand }];
      const { result } = applied(VIEW, { kind: 'txn', compares, success: [], failure: [] }, 9);
      assert.equal(result.kind === 'txn' && result.isSuccess, holds);
    });
  }

  it('span: one key, an end, no end', () => {
    assert.equal(isOneKey(oneKey('a')), true);
    assert.equal(isOneKey({ from: 'a', end: 'b' }), false);
    assert.deepEqual(
      ['a', 'a\0', 'b'].map((key) => includes(oneKey('a'), key)),
      [true, false, false],
    );
    assert.equal(includes(ALL_KEYS, ''), true);
  });
});
