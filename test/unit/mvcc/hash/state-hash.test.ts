import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { u64BeBytes } from '../../../../src/base/bytes.ts';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { SCAN_ROWS } from '../../../../src/mvcc/hash/row-scan.ts';
import { StoreHarness, turn } from '../../../support/mvcc/store-harness.ts';

/** All rows of a real member 3.6.14 of one put, whose hash it gave as {@link GOLDEN}. */
const ROWS: readonly (readonly [Bucket, string, string | Uint8Array])[] = [
  [Bucket.auth, 'authRevision', u64BeBytes(1n)],
  [Bucket.cluster, 'clusterVersion', '3.6.0'],
  [
    Bucket.members,
    '5c76a90ae78bcee7',
    '{"id":6662698563040693991,"peerURLs":["http://127.0.0.1:33380"],"name":"default",' +
      '"clientURLs":["http://127.0.0.1:33379"]}',
  ],
  [Bucket.meta, 'confState', '{"voters":[6662698563040693991],"auto_leave":false}'],
  [Bucket.meta, 'storageVersion', '3.6.0'],
];
const GOLDEN = 96307659;

async function golden(): Promise<StoreHarness> {
  const harness = await StoreHarness.open();
  for (const [bucket, key, value] of ROWS) {
    const bytes = typeof value === 'string' ? utf8Bytes(value) : value;
    harness.now.buffer.put(bucket, utf8Bytes(key), bytes);
  }
  harness.put('a', 'b');
  return harness;
}

describe('hash of the state', () => {
  it('the value of real etcd, unflushed writes included', async () => {
    const harness = await golden();
    assert.equal(await harness.store.hashState(), GOLDEN);
    await harness.close();
  });

  it('consistent_index, term, storageVersion and our own rows do not count; others do', async () => {
    const harness = await golden();
    const { buffer } = harness.now;
    buffer.setApplied(99, 7);
    buffer.put(Bucket.meta, utf8Bytes('storageVersion'), utf8Bytes('3.7.0'));
    buffer.put(Bucket.own, utf8Bytes('x'), utf8Bytes('x'));
    assert.equal(await harness.store.hashState(), GOLDEN);
    buffer.put(Bucket.lease, u64BeBytes(1n), utf8Bytes('x'));
    assert.notEqual(await harness.store.hashState(), GOLDEN);
    await harness.close();
  });

  it('is taken slice by slice, of one moment', async () => {
    const harness = await StoreHarness.open();
    for (let i = 0; i < 2 * SCAN_ROWS; i++) harness.put('a', `${i}`);
    const expected = await harness.store.hashState();
    const { turns } = harness.now;
    turns.hold();
    const hashing = harness.store.hashState();
    for (let slices = 0; slices < 3; slices++) {
      await turn();
      assert.equal(turns.waiting, 1);
      harness.put('later', '');
      await harness.now.buffer.flush();
      await turns.step();
    }
    turns.release();
    assert.equal(await hashing, expected);
    await harness.close();
  });
});
