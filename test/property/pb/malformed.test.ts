/** Hostile bytes: every codec either decodes or throws WireError, and never reads too far. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '../../../src/base/bytes.ts';
import { type MessageCodec, WireError } from '../../../src/pb/index.ts';
import { arbitraryMessage, CODECS } from '../../support/pb/arbitrary-message.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);

/** What decoding gave, re-encoded; undefined when it was refused. */
function outcome(codec: MessageCodec<object>, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return codec.encode(codec.decode(bytes));
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    return undefined;
  }
}

const anyCodec = fc.constantFrom(...CODECS);

describe(`malformed input (SEED=${SEED})`, () => {
  it('random bytes -> a message or WireError (PB-I2)', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyCodec, fc.uint8Array({ maxLength: 60 }), (codec, bytes) => {
        if (outcome(codec, bytes) === undefined) refused++;
      }),
      { seed: SEED, numRuns: 1000 },
    );
    assert.ok(refused > 0);
  });

  it('a valid message with one byte changed -> a message or WireError (PB-I2)', () => {
    const mutated = anyCodec.chain((codec) =>
      fc.tuple(fc.constant(codec), arbitraryMessage(codec), fc.nat(), fc.integer({ max: 255 })),
    );
    fc.assert(
      fc.property(mutated, ([codec, { message }, at, byte]) => {
        const bytes = codec.encode(message);
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        outcome(codec, bytes);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('a prefix of a message inside a larger buffer -> the bytes behind are not looked at', () => {
    const cut = anyCodec.chain((codec) =>
      fc.tuple(fc.constant(codec), arbitraryMessage(codec), fc.nat()),
    );
    fc.assert(
      fc.property(cut, ([codec, { message }, at]) => {
        const bytes = codec.encode(message);
        const end = at % (bytes.length + 1);
        const larger = concatBytes([bytes.subarray(0, end), Uint8Array.of(0x08, 0x01, 0x12, 0x00)]);
        assert.deepEqual(
          outcome(codec, larger.subarray(0, end)),
          outcome(codec, bytes.slice(0, end)),
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
