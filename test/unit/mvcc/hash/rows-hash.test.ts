import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BackendRow, Bucket } from '../../../../src/base/ports/backend.ts';
import { loadMeta } from '../../../../src/mvcc/backend/meta.ts';
import type { Outcome } from '../../../../src/mvcc/errors.ts';
import { MvccError } from '../../../../src/mvcc/errors.ts';
import type { RevisionHash } from '../../../../src/mvcc/hash/hashes.ts';
import { hashRows } from '../../../../src/mvcc/hash/rows-hash.ts';
import { deleteOp, ok, putOp, txnOf } from '../../../support/mvcc/requests.ts';
import { StoreHarness } from '../../../support/mvcc/store-harness.ts';

function shown(outcome: Outcome<RevisionHash>): string {
  if (outcome instanceof MvccError) return outcome.code;
  return `${outcome.hash}/${outcome.compactRevision}/${outcome.revision}`;
}

/** The hashes of the rows on disk, of revisions 0 to `last`. */
async function ofRows({ now: { backend, buffer } }: StoreHarness, last: number): Promise<string[]> {
  await buffer.flush();
  const { scheduledCompactRev, finishedCompactRev } = await loadMeta(backend);
  const found = [scheduledCompactRev, finishedCompactRev].filter((floor) => floor !== undefined);
  const compactRevision = found.length === 0 ? undefined : Math.max(...found);
  const rows = async function* (): AsyncGenerator<BackendRow[], void, undefined> {
    const cursor = backend.scan({ bucket: Bucket.key });
    for (let slice = await cursor.next(3); slice.length > 0; slice = await cursor.next(3)) {
      yield slice;
    }
    await cursor.close();
  };
  const hashes: string[] = [];
  for (let at = 0; at <= last; at++) {
    hashes.push(shown(await hashRows({ rows, compactRevision }, at)));
  }
  return hashes;
}

/** The same of the store that a restart makes of them, which remembers no compaction. */
async function ofStore(harness: StoreHarness, last: number): Promise<string[]> {
  await harness.restart();
  const hashes: string[] = [];
  for (let at = 0; at <= last; at++) hashes.push(shown(await harness.store.hashKv(at)));
  return hashes;
}

async function compact(harness: StoreHarness, revision: number): Promise<void> {
  ok(harness.compact(revision));
  await harness.store.compactionsSettled();
}

describe('hash of rows (MVCC-I8)', () => {
  it('no row -> that of an empty store', async () => {
    const harness = await StoreHarness.open();
    assert.deepEqual(await ofRows(harness, 2), [
      '1084519789/-1/1',
      '1084519789/-1/1',
      'MVCC_FUTURE_REVISION',
    ]);
    await harness.close();
  });

  it('before, between and after compactions, at every revision -> as the store says', async () => {
    const harness = await StoreHarness.open();
    harness.put('a', '1'); // 2
    harness.put('b', '2');
    harness.put('a', '3'); // 4
    harness.delete('b');
    harness.txn(txnOf([putOp('c', '4'), deleteOp('a'), putOp('d', '\0\xff')])); // 6
    harness.put('b', '5');
    harness.delete('c'); // 8
    harness.put('e', '6', { lease: 7n });
    assert.equal((await ofRows(harness, 0))[0], '2440957881/-1/9', 'that of real etcd');
    for (const floor of [undefined, 5, 8, 9]) {
      if (floor !== undefined) await compact(harness, floor);
      const found = await ofRows(harness, 10);
      assert.deepEqual(found, await ofStore(harness, 10), `floor ${floor}`);
    }
    await harness.close();
  });

  it('a row that --bump-revision has left -> counts, and is no key', async () => {
    const harness = await StoreHarness.open();
    harness.put('a', '1');
    await harness.now.buffer.flush();
    const key = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 99, 0x5f, 0, 0, 0, 0, 0, 0, 0, 0]);
    const [row] = await harness.now.backend.scan({ bucket: Bucket.key }).next(1);
    assert.ok(row);
    const rows = async function* () {
      yield [row, { key, value: new Uint8Array(0) }];
    };
    const found = await hashRows({ rows, compactRevision: 99 }, 0);
    // Told by etcdutl 3.6.14 of such a file, once the compaction counts.
    assert.equal(shown(found).split('/').slice(1).join('/'), '99/99');
    assert.notEqual(shown(found), shown(await hashRows({ rows, compactRevision: 99 }, 98)));
    await harness.close();
  });
});
