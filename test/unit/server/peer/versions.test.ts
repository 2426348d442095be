import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasStreams, isCompatible, parseVersion } from '../../../../src/server/peer/versions.ts';

function compatible(server: string | undefined, minCluster: string | undefined): boolean {
  const versions = [parseVersion(server), parseVersion(minCluster)] as const;
  assert.ok(versions[0] !== undefined && versions[1] !== undefined);
  return isCompatible(versions[0], versions[1]);
}

describe('versions of peers (PEER-I4)', () => {
  for (const [server, minCluster, expected] of [
    ['3.6.14', '3.0.0', true],
    ['3.5.30', '3.0.0', true],
    ['3.0.0', '2.3.0', true],
    ['3.7.0-rc.1', '3.6.0', true],
    ['4.0.0', '3.0.0', true],
    ['2.3.8', '3.0.0', false],
    ['3.8.0', '3.7.0', false],
    [undefined, undefined, false],
    ['3.6.0', undefined, true],
  ] as const) {
    it(`server ${server}, clusters from ${minCluster} -> ${expected}`, () => {
      assert.equal(compatible(server, minCluster), expected);
    });
  }

  for (const text of ['', '3', '3.6', '3.6.x', 'v3.6.0', '3.6.0.1', '9999999999.0.0']) {
    it(`"${text}" -> no version`, () => {
      assert.equal(parseVersion(text), undefined);
    });
  }

  it('streams -> from 2.1 on, in versions that we do not know too', () => {
    const has = (text: string): boolean => hasStreams(parseVersion(text) ?? { major: 0, minor: 0 });
    assert.deepEqual(['2.0.9', '2.1.0', '3.5.0', '3.99.0', '4.0.0'].map(has), [
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});
