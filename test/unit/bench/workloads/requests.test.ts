import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MESSAGE_PREFIX_BYTES } from '../../../../bench/http2/message-reader.ts';
import { RequestSet } from '../../../../bench/load/request-set.ts';
import { KEY_RANGE, KeySpace } from '../../../../bench/workloads/key-space.ts';
import {
  absentRequests,
  type BuildRequest,
  batchRequests,
  mixed,
  putRequests,
  rangeRequests,
  txnRequests,
} from '../../../../bench/workloads/requests.ts';
import { compareBytes, latin1 } from '../../../../src/base/bytes.ts';
import { PutRequest, RangeRequest, TxnRequest } from '../../../../src/pb/index.ts';

const KEYS = 500;
const space = new KeySpace({ keys: KEYS, keyBytes: 40, valueBytes: 100 });

/** Bodies of requests 0 to KEYS - 1, as a set holds them. */
function bodies(build: BuildRequest): Uint8Array[] {
  const set = new RequestSet(KEYS, build);
  return Array.from({ length: set.length }, (_, index) => {
    const message = { bytes: new Uint8Array(0), start: 0, end: 0 };
    set.select(index, message);
    const length = message.end - message.start - MESSAGE_PREFIX_BYTES;
    const prefix = Buffer.from(message.bytes.subarray(message.start, message.end));
    assert.equal(prefix[0], 0);
    assert.equal(prefix.readUInt32BE(1), length);
    return message.bytes.subarray(message.start + MESSAGE_PREFIX_BYTES, message.end);
  });
}

const distinct = (parts: readonly Uint8Array[]): number => new Set(parts.map(latin1)).size;

describe('requests', () => {
  it('each kind -> as many distinct requests as keys, over all keys', () => {
    const kinds = [
      putRequests(space),
      rangeRequests(space, false),
      rangeRequests(space, true),
      absentRequests(space),
      txnRequests(space),
    ];
    for (const build of kinds) assert.equal(distinct(bodies(build)), KEYS);
    const puts = bodies(putRequests(space)).map((body) => PutRequest.decode(body));
    assert.equal(distinct(puts.map(({ key }) => key)), KEYS);
    assert.equal(distinct(puts.map(({ value }) => value)), KEYS);
    assert.ok(puts.every(({ key, value }) => key.length === 40 && value.length === 100));
  });

  it('present and absent keys -> disjoint, interleaved, within KEY_RANGE', () => {
    const present = Array.from({ length: KEYS }, (_, at) => space.present(at)).sort(compareBytes);
    const absent = bodies(absentRequests(space))
      .map((body) => RangeRequest.decode(body).key)
      .sort(compareBytes);
    for (let at = 0; at < KEYS; at++) {
      const [key, missing] = [present[at], absent[at]] as [Uint8Array, Uint8Array];
      assert.ok(compareBytes(key, missing) < 0);
      assert.ok(compareBytes(missing, present[at + 1] ?? KEY_RANGE.end) < 0);
      assert.ok(compareBytes(KEY_RANGE.start, key) <= 0);
    }
  });

  it('batches -> every present key once', () => {
    const batches = new RequestSet(17, batchRequests(space, 30));
    assert.equal(batches.length, Math.ceil(KEYS / 30));
    const keys = Array.from({ length: 17 }, (_, at) =>
      TxnRequest.decode(batchRequests(space, 30)(at).body),
    )
      .flatMap(({ success }) => success)
      .map(({ requestPut }) => requestPut?.key ?? new Uint8Array(0));
    assert.equal(keys.length, KEYS);
    assert.equal(distinct(keys), KEYS);
  });

  it('a mix of 1 to 4 -> every fifth request writes', () => {
    const writing = { build: putRequests(space), share: 1 };
    const build = mixed(writing, { build: rangeRequests(space, false), share: 4 });
    const writes = Array.from({ length: 10 }, (_, at) => Number(build(at).kind.writes));
    assert.deepEqual(writes, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it('values -> little for a compressor to find', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const values = Buffer.concat(Array.from({ length: KEYS }, (_, at) => space.value(at)));
    assert.ok(deflateRawSync(values).length > 0.9 * values.length);
  });
});
