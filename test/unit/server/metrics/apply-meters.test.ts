import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MvccError } from '../../../../src/mvcc/index.ts';
import {
  CompactionRequest,
  InternalRaftRequest,
  PutRequest,
  PutResponse,
} from '../../../../src/pb/index.ts';
import { ApplyMeters } from '../../../../src/server/metrics/apply-meters.ts';
import { RangeMeters } from '../../../../src/server/metrics/range-meters.ts';

const put = InternalRaftRequest.create({ put: PutRequest.create() });
const compaction = InternalRaftRequest.create({ compaction: CompactionRequest.create() });
const done = { response: PutResponse.create() };
const failure = (code: 'MVCC_COMPACTED' | 'MVCC_KEY_NOT_FOUND') => ({
  error: new MvccError(code, 'no'),
});

describe('ApplyMeters', () => {
  it('by operation and success; a compaction that came too late succeeded', () => {
    const meters = new ApplyMeters(100);
    assert.deepEqual(meters.durations(), []);
    meters.began(1000);
    meters.ended(put, done, 1000.05);
    meters.began(2000);
    meters.ended(put, failure('MVCC_KEY_NOT_FOUND'), 2000.15);
    meters.began(3000);
    meters.ended(compaction, failure('MVCC_COMPACTED'), 3001);
    meters.began(4000);
    meters.ended(InternalRaftRequest.create(), done, 4001);
    const seen = meters.durations().map(({ labels, histogram }) => ({
      ...labels,
      buckets: histogram.cumulativeCounts().slice(0, 2),
      count: histogram.count,
    }));
    const version = 'v3';
    assert.deepEqual(seen, [
      { op: 'Put', success: 'false', version, buckets: [0, 1], count: 1 },
      { op: 'Put', success: 'true', version, buckets: [1, 1], count: 1 },
      { op: 'Compaction', success: 'true', version, buckets: [0, 0], count: 1 },
      { op: 'unknown', success: 'true', version, buckets: [0, 0], count: 1 },
    ]);
  });

  it('longer than the limit -> slow', () => {
    const meters = new ApplyMeters(100);
    for (const tookMs of [99, 100, 101]) {
      meters.began(0);
      meters.ended(put, done, tookMs);
    }
    assert.equal(meters.slow, 1);
  });
});

describe('RangeMeters', () => {
  it('by success; those that took too long', () => {
    const meters = new RangeMeters(100);
    assert.deepEqual(meters.durations(), []);
    meters.ended(true, 0.05);
    meters.ended(true, 101);
    meters.ended(false, 1);
    assert.equal(meters.slow, 1);
    assert.deepEqual(
      meters.durations().map(({ labels, histogram }) => [labels['success'], histogram.count]),
      [
        ['false', 1],
        ['true', 2],
      ],
    );
  });
});
