/** Every generated codec against protobufjs, which reads the same .proto files by reflection. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryMessage, CODECS } from '../../support/pb/arbitrary-message.ts';
import { loadOracle } from '../../support/pb/oracle.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const oracle = loadOracle();

describe(`codecs against protobufjs (SEED=${SEED})`, () => {
  it('the oracle knows every message and the other way round', () => {
    assert.deepEqual(
      CODECS.map((codec) => codec.typeName).toSorted(),
      oracle.messageNames().toSorted(),
    );
  });

  for (const codec of CODECS) {
    it(`${codec.typeName}: random values -> the oracle's bytes, and back (PB-I1)`, () => {
      const type = oracle.messageType(codec.typeName);
      fc.assert(
        fc.property(arbitraryMessage(codec), ({ message, oracleObject }) => {
          const bytes = codec.encode(message);
          assert.deepEqual(bytes, oracle.encode(type, oracleObject));
          assert.deepEqual(codec.decode(bytes), message);
          assert.deepEqual(codec.encode(codec.decode(bytes)), bytes);
        }),
        { seed: SEED, numRuns: 25 },
      );
    });
  }
});
