/** Crashes at every call: what was promised is there, and a log is never refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '../../../src/wal/batch.ts';
import { walExists } from '../../../src/wal/segment-name.ts';
import { WalError } from '../../../src/wal/wal-error.ts';
import { type MemoryFileSystem, PowerLossError } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { type Item, itemsOf, RaftHistory, replay, type Step } from '../../support/raft-history.ts';
import {
  carryOut,
  create,
  entry,
  memoryFiles,
  openNewest,
  WAL,
  writerAt,
} from '../../support/wal-fixture.ts';

const SEED = Number(process.env['SEED'] ?? 7);
const STEPS = 40;

interface Run {
  readonly files: MemoryFileSystem;
  /** Records handed to the log, in order. */
  readonly items: readonly Item[];
  /** How many of them were promised to be on disk; -1 when not even the log was. */
  readonly durable: number;
  readonly error: unknown;
}

/** One history, until it ends or the files refuse. */
function run(seed: number, prepare: (files: MemoryFileSystem) => void): Run {
  const random = new SeededRandom(seed);
  const history = new RaftHistory(random);
  const files = memoryFiles();
  const items: Item[] = [];
  let durable = -1;
  prepare(files);
  try {
    const writer = writerAt(files, create(files));
    durable = 0;
    let term = 0;
    for (let i = 0; i < STEPS; i++) {
      const step = history.next();
      items.push(...itemsOf(step));
      carryOut(writer, step);
      if (isPromised(step, term)) durable = items.length;
      if (step.kind === 'append') term = step.hardState?.term ?? term;
      if (random.below(10) === 0) writer.purge(2);
    }
    return { files, items, durable, error: undefined };
  } catch (error) {
    return { files, items, durable, error };
  }
}

function isPromised(step: Step, term: number): boolean {
  if (step.kind === 'snapshot' || step.entries.length > 0) return true;
  return step.hardState !== undefined && step.hardState.term !== term;
}

/** Opens what a restart finds; it must be a prefix of the history that has all promises. */
function checkFound(found: MemoryFileSystem, { items, durable }: Run): void {
  if (!walExists(found, WAL)) {
    assert.equal(durable, -1);
    return;
  }
  const { entries, hardState, position } = openNewest(found);
  for (let count = Math.max(durable, 0); count <= items.length; count++) {
    const prefix = items.slice(0, count);
    const start = Math.max(0, ...prefix.map((item) => ('confState' in item ? item.index : 0)));
    if (start !== position.snapshotIndex) continue;
    try {
      assert.deepEqual({ entries, hardState }, replay(prefix, start));
    } catch {
      continue;
    }
    return;
  }
  assert.fail(
    `read ${entries.length} entries, commit ${hardState.commit}: no prefix of the history`,
  );
}

/** The log goes on after the crash, and its end hides no remains. */
function checkGoesOn(found: MemoryFileSystem): void {
  if (!walExists(found, WAL)) return;
  const opened = openNewest(found);
  const writer = writerAt(found, opened.position);
  const index = opened.position.lastIndex + 1;
  writer.append([encodeBatch([entry(index, 1000)])]);
  writer.close();
  assert.deepEqual(openNewest(found).entries, [...opened.entries, entry(index, 1000)]);
}

test('wal: WAL-I2 power lost at any call -> all that was promised, nothing else', () => {
  for (let seed = SEED; seed < SEED + 3; seed++) {
    for (let count = 0; ; count++) {
      const crashed = run(seed, (files) => {
        files.losePowerAfter(count);
      });
      assert.ok(crashed.error === undefined || crashed.error instanceof PowerLossError);
      for (let loss = 0; loss < 4; loss++) {
        const found = crashed.files.afterPowerLoss(new SeededRandom(loss));
        checkFound(found, crashed);
        if (loss === 0) checkGoesOn(found);
      }
      if (crashed.error === undefined) break;
    }
  }
});

test('wal: WAL-I6 power lost again at any call of the repair -> the next start repairs', () => {
  let repairs = 0;
  for (let loss = 0; loss < 80; loss++) {
    const crashed = run(SEED + loss, (files) => {
      files.losePowerAfter(30 + loss);
    });
    for (let count = 0; ; count++) {
      const found = crashed.files.afterPowerLoss(new SeededRandom(loss));
      const before = found.calls;
      found.losePowerAfter(count);
      try {
        openNewest(found);
        if (found.calls - before > 4) repairs++;
        break;
      } catch (error) {
        assert.ok(error instanceof PowerLossError);
        checkFound(found.afterPowerLoss(new SeededRandom(count)), crashed);
      }
    }
  }
  assert.ok(repairs > 5, `${repairs} repairs seen`);
});

test('wal: WAL-I2 process killed at any call, then power lost -> all that the restart read', () => {
  for (let count = 0; ; count++) {
    const killed = run(SEED, (files) => {
      files.losePowerAfter(count);
    });
    const files = killed.files.afterProcessDeath();
    if (!walExists(files, WAL)) continue;
    const { entries, hardState } = openNewest(files);
    for (let loss = 0; loss < 4; loss++) {
      const again = openNewest(files.afterPowerLoss(new SeededRandom(loss)));
      assert.deepEqual(
        { entries: again.entries, hardState: again.hardState },
        { entries, hardState },
      );
    }
    if (killed.error === undefined) return;
  }
});

test('wal: WAL-I8 any call fails -> WAL_IO, and after a restart all that was promised', () => {
  for (let nth = 1; ; nth++) {
    const failed = run(SEED, (files) => {
      files.failCall(nth, nth % 2 === 0 ? 'FILE_IO' : 'FILE_NO_SPACE');
    });
    if (failed.error !== undefined) {
      assert.ok(failed.error instanceof WalError);
      assert.equal(failed.error.code, 'WAL_IO');
    }
    for (let loss = 0; loss < 3; loss++) {
      checkFound(failed.files.afterPowerLoss(new SeededRandom(loss)), failed);
    }
    if (failed.files.calls < nth) return;
  }
});
