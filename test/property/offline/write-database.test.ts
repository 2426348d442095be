import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromLatin1 } from '../../../src/base/bytes.ts';
import { BboltFile } from '../../../src/bbolt/index.ts';
import type { DatabaseSource } from '../../../src/server/offline/database-source.ts';
import { type BucketEdit, writeDatabase } from '../../../src/server/offline/write-database.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import {
  type Content,
  checked,
  contentOf,
  sortedEntries,
} from '../../support/bbolt/bbolt-files.ts';

const PARAMETERS = { seed: Number(process.env['SEED'] ?? 20261120), numRuns: 150 };

/** Few letters, so that edits meet rows. */
const key = fc.string({
  minLength: 1,
  maxLength: 4,
  unit: fc.constantFrom('\0', 'a', 'b', '\xff'),
});
const rows = fc.dictionary(key, fc.string({ maxLength: 3 }), { maxKeys: 40 });
const content = fc.dictionary(key, rows, { maxKeys: 4 });
const edits = fc.dictionary(
  key,
  fc.record({ all: fc.boolean(), without: fc.array(key, { maxLength: 10 }), put: rows }),
  { maxKeys: 4 },
);
type Edits = Readonly<
  Record<
    string,
    { all: boolean; without: readonly string[]; put: Readonly<Record<string, string>> }
  >
>;

/** Slices of a random length, as a file or a backend gives them. */
function sourceOf(buckets: Content, sliceRows: number): DatabaseSource {
  return {
    buckets: sortedEntries(buckets).map(([name]) => name),
    rows: async function* (name) {
      const all = sortedEntries(buckets[name] ?? {});
      for (let at = 0; at < all.length; at += sliceRows) {
        yield all.slice(at, at + sliceRows).map(rowOf);
      }
    },
  };
}

const rowOf = ([rowKey, value]: readonly [string, string]) => ({
  key: fromLatin1(rowKey),
  value: fromLatin1(value),
});

/** The dumb second opinion: plain objects. */
function edited(buckets: Content, changes: Edits): Content {
  const result: Record<string, Record<string, string>> = {};
  for (const name of new Set([...Object.keys(buckets), ...Object.keys(changes)])) {
    const { all, without, put } = changes[name] ?? { all: false, without: [], put: {} };
    const kept = Object.entries(all ? {} : (buckets[name] ?? {}));
    result[name] = Object.fromEntries([
      ...kept.filter(([rowKey]) => !without.includes(rowKey)),
      ...Object.entries(put),
    ]);
  }
  return result;
}

test('OFFLINE-I1: random rows, edits and slices -> a sound file with the edited rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      content,
      edits,
      fc.integer({ min: 1, max: 9 }),
      async (buckets, changes, slice) => {
        const wanted = new Map<string, BucketEdit>();
        for (const [name, { all, without, put }] of Object.entries(changes)) {
          wanted.set(name, {
            without: all ? 'all' : without.map(fromLatin1),
            put: Object.entries(put).map(rowOf),
          });
        }
        const files = new MemoryFileSystem();
        await writeDatabase(sourceOf(buckets, slice), wanted, files.open('/db', 'create'));
        const file = BboltFile.open(files.open('/db', 'read'));
        checked(file);
        assert.deepEqual(plain(contentOf(file)), plain(edited(buckets, changes)));
      },
    ),
    PARAMETERS,
  );
});

function plain(found: Content): unknown {
  return sortedEntries(found).map(([name, all]) => [name, sortedEntries(all)]);
}
