/** Checks of answers, by a scan of the few fields that matter: a whole decode would cost more. */
import { Reader } from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';
import type { CheckAnswer } from './request-set.ts';

/** Wire types of protobuf, as they stand in a tag. */
const VARINT = 0;
const DELIMITED = 2;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

const HEADER = tag(1, DELIMITED);
const RANGE_KVS = tag(2, DELIMITED);
const RANGE_COUNT = tag(4, VARINT);
const KEY_VALUE_VALUE = tag(5, DELIMITED);
const TXN_SUCCEEDED = tag(2, VARINT);
const KEEP_ALIVE_ID = tag(2, VARINT);
const KEEP_ALIVE_TTL = tag(3, VARINT);
const NO_FIELDS: readonly number[] = [];

function checkAnswer(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BenchError('BENCH_ANSWER', message);
}

/** An answer that has a header. */
export const checkHeader: CheckAnswer = (bytes, start, end) => {
  checkAnswer(end > start && bytes[start] === HEADER, 'answer without a header');
};

/** A Range answer with exactly one key, whose value has `valueBytes`. */
export function checkOneValue(valueBytes: number): CheckAnswer {
  return (bytes, start, end) => {
    const reader = new Reader(bytes, start, end);
    let found = -1;
    let count = 0;
    while (!reader.done) {
      const next = reader.tag();
      if (next === RANGE_KVS) {
        checkAnswer(found < 0, 'Range: more than one key');
        found = valueLength(reader);
      } else if (next === RANGE_COUNT) count = reader.int64Counter();
      else reader.skipUnknown(next, NO_FIELDS);
    }
    checkAnswer(count === 1 && found >= 0, `Range: ${count} keys instead of 1`);
    checkAnswer(found === valueBytes, `Range: ${found} bytes of value instead of ${valueBytes}`);
  };
}

/** A Range answer without a key. */
export const checkNoValue: CheckAnswer = (bytes, start, end) => {
  checkHeader(bytes, start, end, 0);
  const reader = new Reader(bytes, start, end);
  while (!reader.done) {
    const next = reader.tag();
    checkAnswer(next !== RANGE_KVS && next !== RANGE_COUNT, 'Range: found an absent key');
    reader.skipUnknown(next, NO_FIELDS);
  }
};

/** A Txn answer whose compares held. */
export const checkSucceeded: CheckAnswer = (bytes, start, end) => {
  const reader = new Reader(bytes, start, end);
  let succeeded = false;
  while (!reader.done) {
    const next = reader.tag();
    if (next === TXN_SUCCEEDED) succeeded = reader.bool();
    else reader.skipUnknown(next, NO_FIELDS);
  }
  checkAnswer(succeeded, 'Txn: the compares did not hold');
};

/** A LeaseKeepAlive answer for lease `firstId` + index, which is alive. */
export function checkKeptAlive(firstId: number): CheckAnswer {
  return (bytes, start, end, index) => {
    const reader = new Reader(bytes, start, end);
    let id = 0;
    let ttlS = 0;
    while (!reader.done) {
      const next = reader.tag();
      if (next === KEEP_ALIVE_ID) id = reader.int64Counter();
      else if (next === KEEP_ALIVE_TTL) ttlS = reader.int64Counter();
      else reader.skipUnknown(next, NO_FIELDS);
    }
    checkAnswer(id === firstId + index, `LeaseKeepAlive: lease ${id}, not ${firstId + index}`);
    checkAnswer(ttlS > 0, `LeaseKeepAlive: lease ${id} has expired`);
  };
}

function valueLength(reader: Reader): number {
  const outer = reader.enter();
  let length = 0;
  while (!reader.done) {
    const next = reader.tag();
    if (next === KEY_VALUE_VALUE) length = reader.bytes().length;
    else reader.skipUnknown(next, NO_FIELDS);
  }
  reader.leave(outer);
  return length;
}
