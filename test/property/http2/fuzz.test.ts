/** A short run of the fuzzer of `test/fuzz`, and what failed in longer ones. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCaptures } from '../../fuzz/captures.ts';
import { STREAM_STATES } from '../../fuzz/connection-model.ts';
import { CONNECTION_STATES, type Coverage } from '../../fuzz/coverage.ts';
import { drawScript, fuzz } from '../../fuzz/fuzz.ts';
import { runScript } from '../../fuzz/run-script.ts';
import { describeScript } from '../../fuzz/script.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const FRAMES = Number(process.env['FRAMES'] ?? 20_000);
/** Of the pairs of state and frame, a run as short as this meets almost all. */
const PAIRS_MISSED_MAX = 30;
const HEAP_GROWTH_BYTES_MAX = 20 * 2 ** 20;

function statesVisited(coverage: Coverage): Set<string> {
  return new Set([...coverage.visits.keys()].map((pair) => pair.split(' x ')[0] ?? ''));
}

describe(`http2 and grpc: fuzzed (SEED=${SEED})`, () => {
  it(`${FRAMES} frames -> every rule is kept, every state visited, nothing left`, (t) => {
    const { coverage, frames, heapBytes, scripts } = fuzz(SEED, FRAMES);
    t.diagnostic(`${scripts} scripts, ${frames} frames, ${coverage.visits.size} pairs`);
    assert.deepEqual(statesVisited(coverage), new Set([...STREAM_STATES, ...CONNECTION_STATES]));
    assert.ok(coverage.missed().length <= PAIRS_MISSED_MAX, coverage.missed().join('\n'));
    const [first = 0] = heapBytes;
    assert.ok(Math.max(...heapBytes) - first <= HEAP_GROWTH_BYTES_MAX, 'the heap grows');
  });

  it('the same seed -> the same scripts', () => {
    const captures = readCaptures();
    const draw = (): string[] =>
      Array.from({ length: 50 }, (_, number) => describeScript(drawScript(SEED, number, captures)));
    assert.deepEqual(draw(), draw());
  });

  for (const { name, steps } of readCaptures()) {
    it(`${name} as it was recorded -> every call is answered`, () => {
      const rest = { pieces: { kind: 'whole' }, answers: true, isValid: true } as const;
      const { outcome } = runScript({ handlerSeed: SEED, steps, ...rest });
      assert.ok(outcome.streams > 0);
    });
  }
});
