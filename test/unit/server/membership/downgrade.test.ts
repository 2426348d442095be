import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { downgradeJson, parseDowngrade } from '../../../../src/server/membership/downgrade.ts';

describe('row of a downgrade', () => {
  /** As 3.6.14 writes them. */
  const ROWS: [target: string | undefined, row: string][] = [
    ['3.5.0', '{"target-version":"3.5.0","enabled":true}'],
    [undefined, '{"target-version":"","enabled":false}'],
  ];
  for (const [target, row] of ROWS) {
    it(`MEMBERSHIP-I4: to ${target} -> etcd's row, and back`, () => {
      assert.equal(downgradeJson(target), row);
      assert.equal(parseDowngrade(row), target);
    });
  }

  it('a target that is not enabled -> none', () => {
    assert.equal(parseDowngrade('{"target-version":"3.5.0"}'), undefined);
  });

  it('what is not such a row -> refused', () => {
    for (const row of [
      '',
      '1',
      'null',
      '{"enabled":true}',
      '{"target-version":"x","enabled":true}',
    ]) {
      assert.throws(() => parseDowngrade(row), { code: 'MEMBERSHIP_BAD_JSON' }, row);
    }
  });
});
