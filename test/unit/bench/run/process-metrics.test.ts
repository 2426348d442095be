import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import {
  cpuUs,
  openFilesMax,
  peakResidentBytes,
  resetPeakResidentBytes,
  residentBytes,
} from '../../../../bench/run/process-metrics.ts';

describe('process metrics', () => {
  it('no such process -> BENCH_CONNECTION', () => {
    for (const metric of [
      cpuUs,
      residentBytes,
      openFilesMax,
      peakResidentBytes,
      resetPeakResidentBytes,
    ]) {
      assert.throws(
        () => metric(2 ** 30),
        (error) => error instanceof BenchError && error.code === 'BENCH_CONNECTION',
      );
    }
  });

  it('CPU time of a busy process -> what the process itself measures', () => {
    const before = cpuUs(process.pid);
    const own = process.cpuUsage();
    for (let spent = 0; spent < 100_000; ) {
      const { user, system } = process.cpuUsage(own);
      spent = user + system;
    }
    const { user, system } = process.cpuUsage(own);
    const difference = Math.abs(cpuUs(process.pid) - before - (user + system));
    assert.ok(difference <= 40_000, `differs by ${difference} us`);
  });

  it('open files -> the limit that a shell of ours has, too', () => {
    const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    const max = limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
    assert.equal(openFilesMax(process.pid), max);
  });

  it('resident memory -> what the process itself measures', () => {
    const ratio = residentBytes(process.pid) / process.memoryUsage.rss();
    assert.ok(ratio > 0.8 && ratio < 1.25, `ratio ${ratio}`);
  });

  it('the peak of the memory -> what was held since it was forgotten', () => {
    resetPeakResidentBytes(process.pid);
    const before = peakResidentBytes(process.pid);
    const bytes = 64 << 20;
    Buffer.alloc(bytes, 1);
    assert.ok(peakResidentBytes(process.pid) >= before + bytes / 2);
  });
});
