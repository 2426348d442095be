import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareBytes } from '../../../../src/base/bytes.ts';
import {
  LargestPrefixes,
  PREFIX_DEPTH_MAX,
  PREFIXES_MAX,
} from '../../../../src/server/node/largest-prefixes.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';

/** Prefix, keys and bytes of each that is named; a rest has an asterisk. */
function named(entries: readonly (readonly [string, number])[]): [string, number, number][] {
  const prefixes = new LargestPrefixes();
  const sorted = entries
    .map(([key, bytes]) => [Buffer.from(key, 'latin1'), bytes] as const)
    .sort(([a], [b]) => compareBytes(a, b));
  for (const [key, bytes] of sorted) prefixes.add(key, bytes);
  return prefixes
    .largest()
    .map(({ prefix, isRest, keys, bytes }) => [
      `${Buffer.from(prefix).toString('latin1')}${isRest ? '*' : ''}`,
      keys,
      bytes,
    ]);
}

describe('largest-prefixes', () => {
  it('no keys -> none', () => assert.deepEqual(named([]), []));

  it('keys without a slash -> one line for all', () =>
    assert.deepEqual(
      named([
        ['a', 1],
        ['b', 2],
        ['/', 3],
        ['', 4],
      ]),
      [['', 4, 10]],
    ));

  it('a large prefix -> split into those within it, a small one not', () =>
    assert.deepEqual(
      named([
        ['/registry/pods/default/a', 500],
        ['/registry/pods/default/b', 300],
        ['/registry/pods/kube-system/c', 100],
        ['/registry/secrets/default/d', 50],
        ['/other/x/y', 40],
        ['plain', 10],
      ]),
      [
        ['/registry/pods/default/', 2, 800],
        ['/registry/pods/kube-system/', 1, 100],
        ['/registry/secrets/', 1, 50],
        ['/other/', 1, 40],
        ['*', 1, 10],
      ],
    ));

  it('deeper than PREFIX_DEPTH_MAX -> cut there', () => {
    const key = `${'a/'.repeat(PREFIX_DEPTH_MAX + 2)}z`;
    assert.deepEqual(named([[key, 7]]), [['a/'.repeat(PREFIX_DEPTH_MAX), 1, 7]]);
  });

  it('binary keys -> prefixes by their bytes', () =>
    assert.deepEqual(
      named([
        ['\xff\x00/\x80', 9],
        ['\xff\x01/\x80', 8],
      ]),
      [
        ['\xff\x00/', 1, 9],
        ['\xff\x01/', 1, 8],
      ],
    ));

  it('more than PREFIXES_MAX -> the largest, whatever comes first', () => {
    const random = new SeededRandom(5);
    const entries = Array.from({ length: 5000 }, (_, i): [string, number] => [
      `${i % 700}/key-${i}`,
      random.below(1000),
    ]);
    const sums = new Map<string, number>();
    for (const [key, bytes] of entries) {
      const prefix = key.slice(0, key.indexOf('/') + 1);
      sums.set(prefix, (sums.get(prefix) ?? 0) + bytes);
    }
    const largest = [...sums.values()].sort((a, b) => b - a).slice(0, PREFIXES_MAX - 1);
    const found = named(entries);
    assert.equal(found.length, PREFIXES_MAX);
    assert.equal(found[0]?.[0], '*');
    assert.deepEqual(
      found.slice(1).map(([, , bytes]) => bytes),
      largest,
    );
    for (const [prefix, , bytes] of found.slice(1)) assert.equal(sums.get(prefix), bytes);
  });
});
