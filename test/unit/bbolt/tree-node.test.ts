import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BboltError, type BboltErrorCode } from '../../../src/bbolt/bbolt-error.ts';
import { writeU32 } from '../../../src/bbolt/little-endian.ts';
import type { NodeDraft } from '../../../src/bbolt/node-draft.ts';
import { KEY_BYTES_MAX, readPageHeader } from '../../../src/bbolt/page-format.ts';
import { TreeNode } from '../../../src/bbolt/tree-node.ts';
import { branch, leaf } from '../../support/bbolt/hand-made.ts';

function imageOf(draft: NodeDraft, slack = 8): Uint8Array {
  const image = new Uint8Array(draft.bytes + slack);
  draft.writeTo(image, 5, 0);
  return image;
}

function nodeOf(head: Uint8Array): TreeNode {
  const header = readPageHeader(head);
  const read = (): Uint8Array => assert.fail('all of it is there');
  return new TreeNode({ name: 'test', header, length: head.length, head, read });
}

function refused(image: Uint8Array, code: BboltErrorCode, what: string): void {
  assert.throws(
    () => nodeOf(image),
    (error) => error instanceof BboltError && error.code === code,
    what,
  );
}

const LEAF = leaf({ a: 'one', bb: '', ccc: 'three' });
/** Offsets of the fields of element `n`. */
const element = (n: number): number => 16 + 16 * n;

describe('tree node', () => {
  it('leaf: keys, values and flags', () => {
    const node = nodeOf(imageOf(LEAF));
    const rows = [0, 1, 2].map((n) => [latin1(node.key(n)), latin1(node.value(n))]);
    assert.deepEqual(rows, [
      ['a', 'one'],
      ['bb', ''],
      ['ccc', 'three'],
    ]);
    assert.deepEqual([node.isLeaf, node.count, node.isBucket(0)], [true, 3, false]);
  });

  it('branch: keys and children', () => {
    const node = nodeOf(imageOf(branch({ a: 3, b: 2 ** 32 + 1 })));
    assert.deepEqual([node.isLeaf, node.child(0), node.child(1)], [false, 3, 2 ** 32 + 1]);
    assert.equal(latin1(node.key(1)), 'b');
  });

  it('lowerBound: index of the first key not less', () => {
    const node = nodeOf(imageOf(LEAF));
    const found = ['', 'a', 'aa', 'bb', 'c', 'ccc', 'd'].map((key) =>
      node.lowerBound(fromLatin1(key)),
    );
    assert.deepEqual(found, [0, 0, 1, 1, 2, 2, 3]);
  });

  it('BBOLT-I2 an element that does not lie behind the one before -> BBOLT_ELEMENT', () => {
    for (const n of [0, 1, 2]) {
      for (const [field, values] of [
        [4, [0, 1, 2 ** 31, 2 ** 32 - 1]],
        [8, [0, KEY_BYTES_MAX, KEY_BYTES_MAX + 1, 2 ** 32 - 1]],
        [12, [100, 2 ** 31, 2 ** 32 - 1]],
      ] as const) {
        for (const value of values) {
          const image = imageOf(LEAF);
          writeU32(image, element(n) + field, value);
          refused(image, 'BBOLT_ELEMENT', `element ${n}, field ${field}: ${value}`);
        }
      }
    }
  });

  it('BBOLT-I2 element flags that bbolt does not know -> BBOLT_ELEMENT', () => {
    const image = imageOf(LEAF);
    writeU32(image, element(1), 2);
    refused(image, 'BBOLT_ELEMENT', 'flags');
  });

  it('BBOLT-I2 a count that is too small or too large -> BBOLT_ELEMENT, zero included', () => {
    assert.equal(nodeOf(imageOf(leaf({}), 100)).count, 0);
    for (const count of [0, 1, 2, 4]) {
      const image = imageOf(LEAF, 100);
      image[10] = count;
      refused(image, 'BBOLT_ELEMENT', `${count} of 3`);
    }
  });

  it('BBOLT-I2 keys that do not ascend -> BBOLT_KEY_ORDER', () => {
    refused(imageOf(leaf({ b: '', a: '' })), 'BBOLT_KEY_ORDER', 'descending');
    refused(imageOf(leaf({ ab: '', aa: '', ac: '' })), 'BBOLT_KEY_ORDER', 'descending');
    const twice = imageOf(leaf({ a: '', b: '' }));
    twice[twice.length - 9] = 0x61;
    refused(twice, 'BBOLT_KEY_ORDER', 'equal');
  });

  it('flags of another kind of page, a branch without child -> BBOLT_PAGE_HEADER', () => {
    for (const flags of [0, 3, 4, 0x10, 0x100]) {
      const image = imageOf(LEAF);
      image.set([flags & 0xff, flags >>> 8], 8);
      refused(image, 'BBOLT_PAGE_HEADER', `flags ${flags}`);
    }
    refused(imageOf(branch({})), 'BBOLT_PAGE_HEADER', 'no child');
  });

  it('checkRange: keys outside of what the branch says -> BBOLT_KEY_ORDER', () => {
    const node = nodeOf(imageOf(leaf({ b: '', d: '' })));
    node.checkRange(fromLatin1('b'), fromLatin1('e'));
    node.checkRange(undefined, undefined);
    for (const [lower, upper] of [
      ['c', 'e'],
      ['a', 'd'],
    ] as const) {
      assert.throws(() => node.checkRange(fromLatin1(lower), fromLatin1(upper)), {
        code: 'BBOLT_KEY_ORDER',
      });
    }
  });
});
