import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import type { NodeDraft } from '../../../src/bbolt/node-draft.ts';
import { TreeWriter } from '../../../src/bbolt/tree-writer.ts';

const PAGE_BYTES = 4096;
const FILL_BYTES = 3686;

interface Written {
  readonly kind: string;
  readonly count: number;
  readonly bytes: number;
  readonly firstKey: string;
}

/** What a tree of rows of these sizes is written as; each node is one page further. */
function nodesOf(rows: readonly { key: string; valueBytes: number }[]): Written[] {
  const written: Written[] = [];
  const output = {
    write: ({ kind, count, bytes, firstKey }: NodeDraft): number => {
      written.push({ kind, count, bytes, firstKey: latin1(firstKey) });
      return 1 + written.length;
    },
  };
  const tree = new TreeWriter({ output, pageBytes: PAGE_BYTES, kind: 'rows' });
  for (const row of rows) tree.put(fromLatin1(row.key), new Uint8Array(row.valueBytes));
  assert.equal(tree.finish(), 1 + written.length, 'the root is the last node');
  return written;
}

function numbered(
  count: number,
  valueBytes: number,
  keyBytes = 8,
): { key: string; valueBytes: number }[] {
  return Array.from({ length: count }, (_, n) => ({
    key: String(n).padStart(keyBytes, '0'),
    valueBytes,
  }));
}

describe('tree writer', () => {
  it('rows that fit in one page -> one leaf', () => {
    const nodes = nodesOf(numbered(36, 100 - 24));
    assert.deepEqual(nodes, [{ kind: 'rows', count: 36, bytes: 3616, firstKey: '00000000' }]);
  });

  it('BBOLT-I6 many rows -> leaves of up to 90 % of a page, and branches above', () => {
    const nodes = nodesOf(numbered(20_000, 76));
    const leaves = nodes.filter((node) => node.kind === 'rows');
    assert.ok(leaves.slice(0, -1).every((leaf) => leaf.count === 36 && leaf.bytes <= FILL_BYTES));
    const branches = nodes.filter((node) => node.kind === 'branch');
    assert.deepEqual([leaves.length, branches.length], [556, 5]);
    assert.equal(
      branches.reduce((sum, branch) => sum + branch.count, 0),
      556 + 4,
    );
  });

  it('BBOLT-I6 a row larger than a page has a leaf of its own', () => {
    const rows = [10, 5000, 20, 30, 100_000].map((valueBytes, n) => ({ key: `${n}`, valueBytes }));
    const counts = nodesOf(rows).map((node) => `${node.kind} ${node.count}`);
    assert.deepEqual(counts, ['rows 1', 'rows 1', 'rows 2', 'rows 1', 'branch 4']);
  });

  it('BBOLT-I6 no branch has one child only, however many leaves there are', () => {
    // A branch entry takes 200 bytes, so that 18 fill a page.
    for (let leaves = 2; leaves < 400; leaves++) {
      const branches = nodesOf(numbered(leaves, 3000, 184)).filter((n) => n.kind === 'branch');
      assert.ok(
        branches.every((branch) => branch.count >= 2),
        `${leaves} leaves`,
      );
      assert.ok(
        branches.every((branch) => branch.bytes <= FILL_BYTES + 200),
        `${leaves} leaves`,
      );
    }
  });

  it('BBOLT-I6 keys larger than a page -> branches of two, of several pages', () => {
    const branches = nodesOf(numbered(8, 1, 20_000)).filter((node) => node.kind === 'branch');
    assert.deepEqual(
      branches.map((branch) => branch.count),
      [2, 2, 2, 2, 2, 2, 2],
    );
    assert.ok(branches.every((branch) => branch.bytes > 40_000));
  });
});
