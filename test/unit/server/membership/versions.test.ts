import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareVersions,
  isLower,
  isSameMinor,
  nextClusterVersion,
  parseVersion,
} from '../../../../src/server/membership/versions.ts';

describe('versions', () => {
  it('parse, compare -> by major and minor', () => {
    assert.deepEqual(parseVersion('3.6.14'), { major: 3, minor: 6 });
    assert.deepEqual(parseVersion('3.10.0-alpha.0+git'), { major: 3, minor: 10 });
    for (const text of ['', '3.6', 'not_decided', 'v3.6.0', '3.6.0.1', '3.6.x', '3.6.0-a..b']) {
      assert.equal(parseVersion(text), undefined, text);
    }
    assert.ok(compareVersions({ major: 3, minor: 9 }, { major: 3, minor: 10 }) < 0);
    assert.deepEqual(parseVersion('3.5.0-'), { major: 3, minor: 5 });
    assert.ok(compareVersions({ major: 4, minor: 0 }, { major: 3, minor: 10 }) > 0);
  });

  it('lower, same minor -> never for what is no version', () => {
    assert.deepEqual(
      [isLower('3.5.9', '3.6.0'), isLower('3.6.1', '3.6.9'), isLower('3.6.0', '3.5.0')],
      [true, false, false],
    );
    assert.deepEqual(
      [isSameMinor('3.6.14', '3.6.0'), isSameMinor('3.6.0', '3.5.0'), isSameMinor('x', 'x')],
      [true, false, false],
    );
    for (const [a, b] of [
      ['', '3.6.0'],
      ['3.6.0', undefined],
    ] as const) {
      assert.deepEqual([isLower(a, b), isSameMinor(a, b)], [false, false]);
    }
  });

  const cases: readonly (readonly [
    current: string | undefined,
    servers: (string | undefined)[],
    target: string | undefined,
    next: string | undefined,
  ])[] = [
    [undefined, ['3.6.14'], undefined, '3.6.0'],
    [undefined, ['3.6.14', '3.5.30', '3.7.1'], undefined, '3.5.0'],
    [undefined, ['3.6.14', undefined], undefined, '3.0.0'],
    [undefined, ['3.6.14', 'what'], undefined, '3.0.0'],
    ['3.0.0', ['3.6.14', undefined], undefined, undefined],
    ['3.0.0', ['3.6.14', '3.6.0'], undefined, '3.6.0'],
    ['3.5.0', ['3.6.14', '3.6.0'], undefined, '3.6.0'],
    ['3.5.0', ['3.6.14', '3.5.30'], undefined, undefined],
    ['3.6.0', ['3.6.14'], undefined, undefined],
    // Never down by itself.
    ['3.6.0', ['3.6.14', '3.5.30'], undefined, undefined],
    ['3.6.0', ['3.6.14', '3.6.0'], '3.5.0', '3.5.0'],
    ['3.5.0', ['3.6.14', '3.6.0'], '3.5.0', undefined],
    ['3.6.0', ['3.6.14', '3.5.30'], '3.5.0', undefined],
    ['3.6.0', ['3.6.14', undefined], '3.5.0', undefined],
    ['3.6.0', ['3.6.14', '3.6.0'], '3.4.0', undefined],
    ['3.6.0', ['4.0.0'], undefined, undefined],
  ];
  for (const [current, servers, downgradeTarget, next] of cases) {
    it(`MEMBERSHIP-I9: ${current} with ${servers.join(', ')}, downgrade to ${downgradeTarget} -> ${next}`, () => {
      const target = downgradeTarget === undefined ? {} : { downgradeTarget };
      assert.equal(nextClusterVersion({ current, servers, ...target }), next);
    });
  }
});
