import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import type { NodeDraft } from '../../../src/bbolt/node-draft.ts';
import { PageReader } from '../../../src/bbolt/page-reader.ts';
import { bytesSource } from '../../../src/bbolt/page-source.ts';
import { TREE_DEPTH_MAX, TreeCursor } from '../../../src/bbolt/tree-cursor.ts';
import { CountedSource } from '../../support/bbolt/bbolt-files.ts';
import { branch, fileOf, leaf, PAGE_BYTES } from '../../support/bbolt/hand-made.ts';

/** A cursor on the tree of those pages; the last one is its root. */
function cursorOn(nodes: readonly NodeDraft[], readsMax = 200): TreeCursor {
  const file = fileOf(nodes);
  const pages = file.length / PAGE_BYTES;
  const source = new CountedSource(bytesSource(file), readsMax);
  const reader = new PageReader({ source, pageBytes: PAGE_BYTES, pages });
  return new TreeCursor({ root: () => reader.node(pages - 1), node: (id) => reader.node(id) });
}

function keyAt(cursor: TreeCursor): string | undefined {
  cursor.checkInvariants();
  return cursor.leaf && latin1(cursor.leaf.key(cursor.index));
}

function keysFrom(cursor: TreeCursor): string[] {
  const keys: string[] = [];
  for (let key = keyAt(cursor); key !== undefined; key = keyAt(cursor)) {
    keys.push(key);
    cursor.advance(1);
  }
  return keys;
}

/** Pages 2 to 7: three leaves, branches over two of them and over one, and the root. */
const TREE = [
  leaf({ b: '', d: '' }),
  leaf({ f: '' }),
  leaf({ h: '', j: '' }),
  branch({ b: 2, f: 3 }),
  branch({ h: 4 }),
  branch({ b: 5, h: 6 }),
];

describe('tree cursor', () => {
  it('first, then advance -> all rows in order', () => {
    const cursor = cursorOn(TREE);
    assert.equal(keyAt(cursor), undefined);
    cursor.first();
    assert.deepEqual(keysFrom(cursor), ['b', 'd', 'f', 'h', 'j']);
    cursor.advance(1);
    assert.equal(keyAt(cursor), undefined);
  });

  it('last -> the greatest key', () => {
    const cursor = cursorOn(TREE);
    cursor.last();
    assert.deepEqual(keysFrom(cursor), ['j']);
  });

  it('seek: at, between, before and behind all keys', () => {
    const cursor = cursorOn(TREE);
    const found = ['', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'].map((key) => {
      cursor.seek(fromLatin1(key));
      return keyAt(cursor) ?? '-';
    });
    assert.equal(found.join(''), 'bbbddffhhjj-');
  });

  it('an empty root -> no row', () => {
    const cursor = cursorOn([leaf({})]);
    for (const place of ['first', 'last'] as const) {
      cursor[place]();
      assert.equal(keyAt(cursor), undefined);
    }
    cursor.seek(fromLatin1('a'));
    assert.equal(keyAt(cursor), undefined);
  });

  const damaged: readonly { what: string; nodes: readonly NodeDraft[]; code: string }[] = [
    { what: 'a branch that is its own child', nodes: [branch({ a: 2 })], code: 'BBOLT_DEPTH' },
    {
      what: 'two branches that are each other’s child',
      nodes: [branch({ a: 3 }), branch({ a: 2 })],
      code: 'BBOLT_DEPTH',
    },
    {
      what: 'a child that is there twice',
      nodes: [leaf({ a: '' }), branch({ a: 2, b: 2 })],
      code: 'BBOLT_KEY_ORDER',
    },
    {
      what: 'branches over branches that share their child: 2^30 paths',
      nodes: [
        leaf({ a: '' }),
        ...Array.from({ length: 30 }, (_, n) => branch({ a: n + 2, b: n + 2 })),
      ],
      code: 'BBOLT_KEY_ORDER',
    },
    {
      what: 'a child whose keys belong to the next one',
      nodes: [leaf({ a: '', c: '' }), leaf({ c: '' }), branch({ a: 2, b: 3 })],
      code: 'BBOLT_KEY_ORDER',
    },
    {
      what: 'a grandchild whose keys belong to the root’s next child',
      nodes: [
        leaf({ a: '' }),
        leaf({ b: '', m: '' }),
        branch({ a: 2, b: 3 }),
        leaf({ m: '' }),
        branch({ a: 4, m: 5 }),
      ],
      code: 'BBOLT_KEY_ORDER',
    },
    {
      what: 'a leaf less deep than another',
      nodes: [leaf({ a: '' }), leaf({ b: '' }), branch({ a: 2 }), branch({ a: 4, b: 3 })],
      code: 'BBOLT_DEPTH',
    },
    {
      what: 'an empty leaf that is no root',
      nodes: [leaf({}), branch({ a: 2 })],
      code: 'BBOLT_PAGE_HEADER',
    },
    { what: 'a child that is no page', nodes: [branch({ a: 99 })], code: 'BBOLT_PAGE_ID' },
  ];
  for (const { what, nodes, code } of damaged) {
    it(`BBOLT-I4 ${what} -> ${code} in bounded steps, and the cursor is at no row`, () => {
      const cursor = cursorOn(nodes);
      const through = (): void => {
        cursor.first();
        keysFrom(cursor);
      };
      assert.throws(through, { name: 'BboltError', code });
      assert.equal(keyAt(cursor), undefined);
    });
  }

  it('TREE_DEPTH_MAX: a path of that many pages is gone down, one more is not', () => {
    const chain = (length: number): NodeDraft[] => [
      leaf({ a: '' }),
      ...Array.from({ length: length - 1 }, (_, n) => branch({ a: n + 2 })),
    ];
    const deepest = cursorOn(chain(TREE_DEPTH_MAX));
    deepest.first();
    assert.deepEqual(keysFrom(deepest), ['a']);
    assert.throws(() => cursorOn(chain(TREE_DEPTH_MAX + 1)).first(), { code: 'BBOLT_DEPTH' });
  });
});
