import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { u64BeBytes } from '../../../../../src/base/bytes.ts';
import { Entry } from '../../../../../src/pb/index.ts';
import { EntryRuns, entryRunsBytesMax } from '../../../../../src/server/peer/wire/entry-runs.ts';

function entriesOf(count: number, bytes = 10): Entry[] {
  return Array.from({ length: count }, (_, at) =>
    Entry.create({ term: 3, index: at + 1, data: new Uint8Array(bytes).fill(at) }),
  );
}

function framed(entries: readonly Entry[]): Buffer {
  const parts = entries.map((entry) => Entry.encode(entry));
  return Buffer.concat(parts.flatMap((part) => [u64BeBytes(BigInt(part.length)), part]));
}

describe('entry runs', () => {
  it('entries -> each in its encoding, behind its length', () => {
    const runs = new EntryRuns();
    for (const entries of [
      entriesOf(0),
      entriesOf(1),
      entriesOf(300, 400),
      entriesOf(2, 100_000),
    ]) {
      assert.ok(framed(entries).equals(runs.encoded(entries)));
    }
  });

  it('the same entries for another follower -> the same bytes, not encoded again', () => {
    const runs = new EntryRuns();
    const entries = entriesOf(5);
    const bytes = runs.encoded(entries);
    assert.equal(runs.encoded([...entries]), bytes);
    runs.clear();
    assert.notEqual(runs.encoded(entries), bytes);
  });

  it('more, fewer or other entries from the same one on -> their own bytes', () => {
    const runs = new EntryRuns();
    const entries = entriesOf(5);
    runs.encoded(entries);
    const others = [...entries.slice(0, 4), Entry.create({ term: 4, index: 5 })];
    for (const run of [entries.slice(0, 3), others, entries.slice(1), entries]) {
      assert.ok(framed(run).equals(runs.encoded(run)));
    }
  });

  it('more bytes than are kept -> encoded all the same (PEER-I2)', () => {
    const runs = new EntryRuns();
    const large = entriesOf(3, entryRunsBytesMax / 2);
    for (const entry of large) assert.ok(framed([entry]).equals(runs.encoded([entry])));
  });
});
