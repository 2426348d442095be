import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import {
  checkHeader,
  checkKeptAlive,
  checkNoValue,
  checkOneValue,
  checkSucceeded,
} from '../../../../bench/load/answers.ts';
import type { CheckAnswer } from '../../../../bench/load/request-set.ts';
import {
  KeyValue,
  LeaseKeepAliveResponse,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  TxnResponse,
} from '../../../../src/pb/index.ts';

const header = ResponseHeader.create({ clusterId: 2n ** 63n, memberId: 7n, revision: 9 });
const kv = KeyValue.encode(
  KeyValue.create({ key: Buffer.from('key'), value: new Uint8Array(300), lease: -1n, version: 3 }),
);

/** Applies a check to an answer that lies inside other bytes. */
function apply(check: CheckAnswer, bytes: Uint8Array, index = 0): void {
  const around = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]);
  check(around, 3, 3 + bytes.length, index);
}

function refuses(check: CheckAnswer, bytes: Uint8Array, index = 0): void {
  assert.throws(
    () => apply(check, bytes, index),
    (error) => error instanceof BenchError && error.code === 'BENCH_ANSWER',
  );
}

const range = (partial: Partial<RangeResponse>): Uint8Array =>
  RangeResponse.encode(RangeResponse.create({ header, ...partial }));

describe('checks of answers', () => {
  it('checkHeader: an empty answer is refused', () => {
    apply(checkHeader, PutResponse.encode(PutResponse.create({ header })));
    refuses(checkHeader, new Uint8Array(0));
  });

  it('checkOneValue: none, two, another size or another count is refused', () => {
    apply(checkOneValue(300), range({ kvs: [kv], count: 1 }));
    refuses(checkOneValue(299), range({ kvs: [kv], count: 1 }));
    refuses(checkOneValue(300), range({ kvs: [kv, kv], count: 2 }));
    refuses(checkOneValue(300), range({ kvs: [kv], count: 2 }));
    refuses(checkOneValue(300), range({ count: 1 }));
    refuses(checkOneValue(300), range({}));
  });

  it('checkNoValue: a key, a count or no header is refused', () => {
    apply(checkNoValue, range({}));
    refuses(checkNoValue, range({ kvs: [kv] }));
    refuses(checkNoValue, range({ count: 1 }));
    refuses(checkNoValue, new Uint8Array(0));
  });

  it('checkSucceeded: compares that did not hold are refused', () => {
    apply(checkSucceeded, TxnResponse.encode(TxnResponse.create({ header, succeeded: true })));
    refuses(checkSucceeded, TxnResponse.encode(TxnResponse.create({ header })));
  });

  it('checkKeptAlive: another lease, or one that has expired, is refused', () => {
    const alive = LeaseKeepAliveResponse.encode({ header, ID: 105n, TTL: 60 });
    apply(checkKeptAlive(100), alive, 5);
    refuses(checkKeptAlive(100), alive, 6);
    refuses(checkKeptAlive(100), LeaseKeepAliveResponse.encode({ header, ID: 105n, TTL: 0 }), 5);
  });
});
