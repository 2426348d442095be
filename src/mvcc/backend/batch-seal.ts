/**
 * Shows at start that no batch is missing among those the backend gave back.
 *
 * LevelDB skips a damaged record of its log without a word, and a batch is one record: a later
 * batch can be there while an earlier one is gone. So each batch consumes a token:
 *
 * - Batch 1 creates token 0, which stays for ever, and tokens 2 to 64. Batch n > 1 removes token
 *   n, and when n is a multiple of 64 also creates the next 64 tokens. Each batch writes its n.
 * - After batch n, then, exactly token 0 and those above n (up to a multiple of 64) are there.
 *
 * Let k be the first batch that is missing while some later one is there. Token k exists, as it
 * was created by a batch before k, and only batch k would have removed it: it is still there, with
 * k below the number of the last batch. If k is 1, token 0 is not there. So any lost batch but
 * the last ones shows, however long ago it was, by reading at most 65 rows. Losing the last
 * ones is no damage here: consistent_index is then lower, and the WAL has their entries.
 */
import { readU64Be, u64BeBytes, writeU64Be } from '../../base/bytes.ts';
import { type Backend, BackendError, Bucket } from '../../base/ports/backend.ts';
import type { BucketWriter } from '../../base/ports/bucket-writer.ts';
import { utf8Bytes } from '../../base/utf8.ts';

/** Number of the last batch, 0 when there was none. */
export type BatchNumber = number;

const NUMBER_KEY = utf8Bytes('batch');
const TOKEN_PREFIX = utf8Bytes('batch-token/');
/** The prefix with its last byte, `/`, one higher. */
const TOKENS_END = utf8Bytes('batch-token0');
const TOKEN_NONE = new Uint8Array(0);
/** Tokens that are created together. */
const TOKENS_STEP = 64;

/** Seals batches; one instance for all batches of one backend. */
export class BatchSeal {
  #last: BatchNumber;

  /** `last` is what {@link verifyBatches} returned. */
  constructor(last: BatchNumber) {
    this.#last = last;
  }

  /** Adds the seal to the next batch, of which `writer` writes the last operations. */
  seal(writer: BucketWriter): void {
    const number = this.#last + 1;
    if (number === 1) writer.put(Bucket.own, tokenKey(0), TOKEN_NONE);
    else writer.remove(Bucket.own, tokenKey(number));
    for (
      let token = Math.max(tokensUpTo(this.#last), 1) + 1;
      token <= tokensUpTo(number);
      token++
    ) {
      writer.put(Bucket.own, tokenKey(token), TOKEN_NONE);
    }
    writer.put(Bucket.own, NUMBER_KEY, u64BeBytes(BigInt(number)));
    this.#last = number;
  }
}

/** The number of the last batch; throws BACKEND_CORRUPT when a batch before it is missing. */
export async function verifyBatches(backend: Backend): Promise<BatchNumber> {
  const stored = backend.getSync(Bucket.own, NUMBER_KEY);
  const last = stored === undefined ? 0 : batchNumber(stored);
  const tokens = await readTokens(backend);
  const expected = last === 0 ? [] : [0];
  for (let token = last + 1; last > 0 && token <= tokensUpTo(last); token++) expected.push(token);
  const isComplete =
    tokens.length === expected.length && tokens.every((token, i) => token === expected[i]);
  if (isComplete) return last;
  // The first token that should have been consumed belongs to the first batch that is missing.
  const missing = tokens[0] === 0 ? (tokens.find((token) => token > 0 && token <= last) ?? '?') : 1;
  throw new BackendError(
    'BACKEND_CORRUPT',
    `the state is incomplete: of its ${last} batches, number ${missing} is missing`,
  );
}

/** Highest token there is after batch `number`. */
function tokensUpTo(number: BatchNumber): number {
  return number === 0 ? 0 : (Math.floor(number / TOKENS_STEP) + 1) * TOKENS_STEP;
}

function tokenKey(token: number): Uint8Array {
  const key = new Uint8Array(TOKEN_PREFIX.length + 8);
  key.set(TOKEN_PREFIX);
  writeU64Be(key, TOKEN_PREFIX.length, token);
  return key;
}

async function readTokens(backend: Backend): Promise<number[]> {
  const cursor = backend.scan({ bucket: Bucket.own, from: TOKEN_PREFIX, to: TOKENS_END });
  const tokens: number[] = [];
  try {
    let rows = await cursor.next(TOKENS_STEP);
    while (rows.length > 0) {
      for (const { key } of rows) tokens.push(batchNumber(key.subarray(TOKEN_PREFIX.length)));
      rows = await cursor.next(TOKENS_STEP);
    }
  } finally {
    await cursor.close();
  }
  return tokens;
}

function batchNumber(bytes: Uint8Array): BatchNumber {
  if (bytes.length !== 8) {
    throw new BackendError('BACKEND_CORRUPT', `a batch number has ${bytes.length} bytes, not 8`);
  }
  return readU64Be(bytes, 0);
}
