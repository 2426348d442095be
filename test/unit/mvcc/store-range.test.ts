import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../src/mvcc/errors.ts';
import {
  KeyValue,
  type RangeRequest,
  type RangeResponse,
  SortOrder,
  SortTarget,
} from '../../../src/pb/index.ts';
import { codeOf, ok, rangeOf, rowsOf } from '../../support/mvcc/requests.ts';
import { StoreHarness } from '../../support/mvcc/store-harness.ts';

const { ASCEND, DESCEND } = SortOrder;

async function withStore(test: (harness: StoreHarness) => void | Promise<void>): Promise<void> {
  const harness = await StoreHarness.open();
  await test(harness);
  await harness.close();
}

/** A range that memory can answer. */
function read(harness: StoreHarness, request: RangeRequest): Outcome<RangeResponse> {
  const outcome = harness.store.range(request);
  assert.ok(!(outcome instanceof Promise), 'answered at once');
  return outcome;
}

/** a to e, of which b is put three times, a twice and then deleted, at revisions 2 to 9. */
function fill(harness: StoreHarness): void {
  harness.put('a', '1');
  harness.put('b', '9');
  harness.put('c', '5');
  harness.put('b', '8');
  harness.put('a', '2');
  harness.put('d', '7', { lease: 1n });
  harness.put('b', '3');
  harness.delete('a');
}

describe('range: which keys', () => {
  const cases: [string, string, string[]][] = [
    ['b', '', ['b=3']],
    ['bb', '', []],
    ['b', 'd', ['b=3', 'c=5']],
    ['b', '\0', ['b=3', 'c=5', 'd=7']],
    ['\0', '\0', ['b=3', 'c=5', 'd=7']],
    ['c', 'c', []],
    ['d', 'b', []],
  ];
  for (const [key, end, expected] of cases) {
    it(`${JSON.stringify([key, end])} -> ${expected.join(' ')}`, () =>
      withStore((harness) => {
        fill(harness);
        const response = ok(read(harness, rangeOf(key, end)));
        assert.deepEqual(rowsOf(response), expected);
        assert.equal(response.count, expected.length);
        assert.equal(response.more, false);
      }));
  }

  it('an empty store -> nothing, at revision 1', () =>
    withStore((harness) => {
      const response = ok(read(harness, rangeOf('\0', '\0')));
      assert.deepEqual([response.count, response.kvs, response.header?.revision], [0, [], 1]);
      assert.equal(harness.store.compactRevision, -1);
    }));
});

describe('range: at which revision', () => {
  it('0 and below -> the current state', () =>
    withStore((harness) => {
      fill(harness);
      for (const revision of [0, -1, -7]) {
        const response = ok(read(harness, rangeOf('\0', '\0', { revision })));
        assert.deepEqual(rowsOf(response), ['b=3', 'c=5', 'd=7']);
      }
    }));

  it('an older one -> the state then, with the current revision in the header', () =>
    withStore((harness) => {
      fill(harness);
      const response = ok(read(harness, rangeOf('\0', '\0', { revision: 5 })));
      assert.deepEqual(rowsOf(response), ['a=1', 'b=8', 'c=5']);
      assert.equal(response.header?.revision, 9);
      assert.equal(response.count, 3);
    }));

  it('above the current one -> MVCC_FUTURE_REVISION', () =>
    withStore((harness) => {
      fill(harness);
      assert.equal(
        codeOf(read(harness, rangeOf('b', '', { revision: 10 }))),
        'MVCC_FUTURE_REVISION',
      );
      ok(read(harness, rangeOf('b', '', { revision: 9 })));
    }));

  it('below the compacted one -> MVCC_COMPACTED; the compacted one can be read', () =>
    withStore(async (harness) => {
      fill(harness);
      ok(harness.compact(5));
      const code = (revision: number): string =>
        codeOf(read(harness, rangeOf('b', '', { revision })));
      assert.equal(code(4), 'MVCC_COMPACTED');
      await harness.store.compactionsSettled();
      assert.equal(code(4), 'MVCC_COMPACTED');
      const response = await harness.store.range(rangeOf('\0', '\0', { revision: 5 }));
      assert.deepEqual(rowsOf(response), ['a=1', 'b=8', 'c=5']);
    }));
});

describe('range: limit and count', () => {
  it('a limit -> more, and the count of all', () =>
    withStore((harness) => {
      fill(harness);
      const response = ok(read(harness, rangeOf('\0', '\0', { limit: 2 })));
      assert.deepEqual(rowsOf(response), ['b=3', 'c=5']);
      assert.deepEqual([response.more, response.count], [true, 3]);
    }));

  it('a limit that is not reached, or just -> no more', () =>
    withStore((harness) => {
      fill(harness);
      for (const limit of [3, 4, Number.MAX_SAFE_INTEGER, -1]) {
        const response = ok(read(harness, rangeOf('\0', '\0', { limit })));
        assert.deepEqual([response.more, response.kvs.length], [false, 3]);
      }
    }));

  it('a limit at an older revision -> the count of all then', () =>
    withStore((harness) => {
      fill(harness);
      const response = ok(read(harness, rangeOf('\0', '\0', { limit: 1, revision: 7 })));
      assert.deepEqual(rowsOf(response), ['a=2']);
      assert.deepEqual([response.more, response.count], [true, 4]);
    }));

  it('count_only -> the count alone, whatever the limit', () =>
    withStore((harness) => {
      fill(harness);
      for (const [revision, count] of [
        [0, 3],
        [7, 4],
      ]) {
        const request = rangeOf('\0', '\0', {
          countOnly: true,
          limit: 1,
          revision: revision as number,
        });
        const response = ok(read(harness, request));
        assert.deepEqual([response.count, response.kvs, response.more], [count, [], false]);
      }
    }));
});

describe('range: filters', () => {
  const cases: [Partial<RangeRequest>, string[]][] = [
    [{ minModRevision: 7 }, ['b=3', 'd=7']],
    [{ maxModRevision: 7 }, ['c=5', 'd=7']],
    [{ minModRevision: 5, maxModRevision: 7 }, ['d=7']],
    [{ minCreateRevision: 4 }, ['c=5', 'd=7']],
    [{ maxCreateRevision: 4 }, ['b=3', 'c=5']],
  ];
  for (const [filter, expected] of cases) {
    it(`${JSON.stringify(filter)} -> ${expected.join(' ')}, the count of all`, () =>
      withStore((harness) => {
        fill(harness);
        const response = ok(read(harness, rangeOf('\0', '\0', filter)));
        assert.deepEqual(rowsOf(response), expected);
        assert.equal(response.count, 3);
      }));
  }

  it('with a limit -> filtered first, then cut', () =>
    withStore((harness) => {
      fill(harness);
      const two = ok(read(harness, rangeOf('\0', '\0', { minCreateRevision: 4, limit: 2 })));
      assert.deepEqual([rowsOf(two), two.more], [['c=5', 'd=7'], false]);
      const one = ok(read(harness, rangeOf('\0', '\0', { minCreateRevision: 4, limit: 1 })));
      assert.deepEqual([rowsOf(one), one.more], [['c=5'], true]);
    }));
});

describe('range: order', () => {
  const cases: [string, Partial<RangeRequest>, string[]][] = [
    ['key, descending', { sortOrder: DESCEND }, ['d=7', 'c=5', 'b=3']],
    ['key, ascending', { sortOrder: ASCEND }, ['b=3', 'c=5', 'd=7']],
    ['version', { sortOrder: DESCEND, sortTarget: SortTarget.VERSION }, ['b=3', 'c=5', 'd=7']],
    ['create', { sortOrder: DESCEND, sortTarget: SortTarget.CREATE }, ['d=7', 'c=5', 'b=3']],
    ['mod', { sortOrder: ASCEND, sortTarget: SortTarget.MOD }, ['c=5', 'd=7', 'b=3']],
    ['value', { sortOrder: DESCEND, sortTarget: SortTarget.VALUE }, ['d=7', 'c=5', 'b=3']],
    ['a target without order', { sortTarget: SortTarget.MOD }, ['c=5', 'd=7', 'b=3']],
    // All are fetched, sorted and then cut …
    ['limit', { sortOrder: ASCEND, sortTarget: SortTarget.MOD, limit: 1 }, ['c=5']],
    ['limit, descending', { sortOrder: DESCEND, limit: 1 }, ['d=7']],
    // … but without an order only the first limit + 1 are sorted: d (mod 7) is not among them.
    ['limit without order', { sortTarget: SortTarget.CREATE, limit: 1 }, ['b=3']],
    ['the same by mod', { sortTarget: SortTarget.MOD, limit: 1 }, ['c=5']],
  ];
  for (const [name, request, expected] of cases) {
    it(`${name} -> ${expected.join(' ')}`, () =>
      withStore((harness) => {
        fill(harness);
        const response = ok(read(harness, rangeOf('\0', '\0', request)));
        assert.deepEqual(rowsOf(response), expected);
        assert.equal(response.more, expected.length < 3);
      }));
  }

  it('a target without order and a limit -> only the limit + 1 fetched are sorted', () =>
    withStore((harness) => {
      for (const key of ['c', 'b', 'a']) harness.put(key, '');
      const request = rangeOf('\0', '\0', { sortTarget: SortTarget.MOD, limit: 1 });
      assert.deepEqual(rowsOf(ok(read(harness, request))), ['b']);
      const ordered = rangeOf('\0', '\0', {
        sortTarget: SortTarget.MOD,
        limit: 1,
        sortOrder: ASCEND,
      });
      assert.deepEqual(rowsOf(ok(read(harness, ordered))), ['c']);
    }));
});

describe('range: keys_only', () => {
  it('blanks the value and keeps the rest, the lease too', () =>
    withStore((harness) => {
      fill(harness);
      const response = ok(read(harness, rangeOf('d', '', { keysOnly: true })));
      const [row] = response.kvs.map((kv) => KeyValue.decode(kv));
      assert.deepEqual(
        row,
        KeyValue.create({
          key: Uint8Array.of(0x64),
          createRevision: 7,
          modRevision: 7,
          version: 1,
          lease: 1n,
        }),
      );
    }));

  it('sorted by value -> sorted before values are blanked', () =>
    withStore((harness) => {
      fill(harness);
      const request = rangeOf('\0', '\0', {
        keysOnly: true,
        sortTarget: SortTarget.VALUE,
        sortOrder: DESCEND,
      });
      assert.deepEqual(rowsOf(ok(read(harness, request))), ['d', 'c', 'b']);
    }));
});

describe("range: answers are the reader's own", () => {
  it('a later put does not reach into an answer', () =>
    withStore((harness) => {
      harness.put('a', 'old');
      const response = ok(read(harness, rangeOf('a')));
      harness.put('a', 'new');
      assert.deepEqual(rowsOf(response), ['a=old']);
    }));
});
