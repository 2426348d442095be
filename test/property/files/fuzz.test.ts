/** A short run of the fuzzer of `test/fuzz/files`; what longer ones found is tested where it was. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { drawCase } from '../../fuzz/files/file-case.ts';
import { describeCase, emptyReport, FileFuzzer } from '../../fuzz/files/fuzz-files.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const CASES = Number(process.env['CASES'] ?? 600);

describe(`damaged files (SEED=${SEED})`, () => {
  let fuzzer: FileFuzzer;
  before(async () => {
    fuzzer = await FileFuzzer.make();
  });

  it(`${CASES} cases -> a clear error, or content that holds together`, async (t) => {
    const report = emptyReport();
    await fuzzer.run(SEED, 0, CASES, report);
    t.diagnostic(`${report.outcomes.size} outcomes`);
    assert.deepEqual([...report.findings.values()], []);
    const seen = [...report.outcomes.keys()];
    for (const way of ['database', 'image', 'log']) {
      assert.ok(
        seen.some((outcome) => outcome.endsWith(`${way} accepted`)),
        way,
      );
      assert.ok(seen.filter((outcome) => outcome.includes(`: ${way} `)).length > 8, way);
    }
  });

  it('the same seed -> the same cases', () => {
    const draw = (): string[] =>
      Array.from({ length: 50 }, (_, number) => describeCase(drawCase(SEED, number, fuzzer.seeds)));
    assert.deepEqual(draw(), draw());
  });
});
