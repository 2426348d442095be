import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeStatusMessage } from '../../../src/grpc/status-message.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);

test('encodeStatusMessage: any text comes back, in printable ASCII between', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const check = fc.property(text, (message) => {
    const encoded = encodeStatusMessage(message);
    assert.match(encoded, /^[ -~]*$/);
    assert.equal(decodeURIComponent(encoded), message);
  });
  fc.assert(check, { seed: SEED, numRuns: 500 });
});
