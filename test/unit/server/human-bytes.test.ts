import assert from 'node:assert/strict';
import { it } from 'node:test';
import { humanBytes } from '../../../src/server/human-bytes.ts';

it('human bytes: as etcd writes them', () => {
  const shown = [0, 999, 1000, 20480, 999_960, 25_165_824, 2 ** 31, 8 * 1024 ** 3].map(humanBytes);
  assert.deepEqual(shown, [
    '0 B',
    '999 B',
    '1.0 kB',
    '20 kB',
    '1000 kB',
    '25 MB',
    '2.1 GB',
    '8.6 GB',
  ]);
});
