/** What every {@link LogWriter} must do, on a thread or in the simulator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../src/base/assert.ts';
import type { FileSystem } from '../../src/base/ports/file-system.ts';
import {
  encodeBatch,
  LOG_COMMANDS_MAX,
  type LogWriter,
  openWal,
  SnapshotFiles,
  validSnapshots,
  type WalError,
} from '../../src/wal/index.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { entries, entry, hardState, SEGMENT_BYTES, snapshot } from '../support/wal-fixture.ts';

export interface LogWriterUnderTest {
  /** On a new log. */
  readonly writer: LogWriter;
  readonly files: FileSystem;
  readonly walDirectory: string;
  readonly snapshotDirectory: string;
  /** Makes every further change of a file fail. */
  breakFiles(): void;
}

/** Defines the tests of the contract for one implementation; `make` is called once a test. */
export function logWriterSuite(name: string, make: () => LogWriterUnderTest): void {
  const check = (title: string, run: (under: LogWriterUnderTest) => Promise<void>): void => {
    test(`log writer (${name}): ${title}`, () => run(make()));
  };

  check('appends -> done in order, later, without an error; all in the log', async (under) => {
    const order: number[] = [];
    for (let index = 1; index <= 50; index++) {
      under.writer.append(encodeBatch([entry(index)], hardState(1, index)), (error) => {
        assert.equal(error, undefined);
        order.push(index);
      });
    }
    assert.equal(under.writer.pending, 50);
    assert.deepEqual(order, []);
    await close(under.writer);
    assert.equal(under.writer.pending, 0);
    assert.deepEqual(
      order,
      entries(1, 50).map((e) => e.index),
    );
    assert.deepEqual(read(under).entries, entries(1, 50));
  });

  check('snapshot between appends -> both files, in order, and purge follows', async (under) => {
    for (let index = 1; index <= 300; index++) {
      under.writer.append(encodeBatch([entry(index)], hardState(1, index)), ok);
      if (index % 100 === 0) under.writer.saveSnapshot(snapshot(index), ok);
    }
    under.writer.purge({ segmentsMax: 1, snapshotsMax: 1 }, ok);
    await close(under.writer);
    const valid = validSnapshots(under.files, under.walDirectory);
    assert.equal(valid.at(-1)?.index, 300);
    const snapshots = new SnapshotFiles({
      files: under.files,
      logger: new RecordingLogger(),
      directory: under.snapshotDirectory,
    });
    assert.deepEqual(snapshots.loadNewest(valid), snapshot(300));
    assert.equal(under.files.list(under.snapshotDirectory).length, 1);
    assert.ok(under.files.list(under.walDirectory).length <= 2);
    assert.deepEqual(read(under, { index: 300, term: 1 }).entries, []);
  });

  check('large batches -> several segments, nothing lost', async (under) => {
    const text = 'x'.repeat(3 * SEGMENT_BYTES);
    for (let index = 1; index <= 4; index++) {
      under.writer.append(encodeBatch([entry(index, 1, text)], hardState(1, index)), ok);
    }
    await close(under.writer);
    assert.equal(read(under).entries.length, 4);
  });

  check('files refuse -> every pending command gets the error, later ones too', async (under) => {
    await append(under.writer, 1);
    under.breakFiles();
    const errors: (WalError | undefined)[] = [];
    await new Promise<void>((resolve) => {
      under.writer.saveSnapshot(snapshot(1), (error) => errors.push(error));
      under.writer.append(encodeBatch([entry(2)]), (error) => errors.push(error));
      under.writer.append(encodeBatch([entry(3)]), (error) => {
        errors.push(error);
        resolve();
      });
    });
    const late = await new Promise<WalError | undefined>((resolve) => {
      under.writer.append(encodeBatch([entry(4)]), resolve);
    });
    assert.deepEqual(
      [...errors, late].map((error) => error?.code),
      ['WAL_IO', 'WAL_IO', 'WAL_IO', 'WAL_IO'],
    );
    assert.equal(under.writer.pending, 0);
    await new Promise<void>((resolve) => {
      under.writer.close(() => {
        resolve();
      });
    });
  });

  check('more than LOG_COMMANDS_MAX pending, or one after close -> asserted', async (under) => {
    for (let index = 1; index < LOG_COMMANDS_MAX; index++) {
      under.writer.append(encodeBatch([entry(index)]), ok);
    }
    const closed = close(under.writer);
    for (let i = 0; i < 2; i++) {
      assert.throws(() => {
        under.writer.append(encodeBatch([entry(LOG_COMMANDS_MAX)]), ok);
      }, InvariantError);
      await closed;
    }
  });

  check('a full queue -> the next command is asserted', async (under) => {
    await new Promise<void>((resolve) => {
      for (let index = 1; index <= LOG_COMMANDS_MAX; index++) {
        under.writer.append(encodeBatch([entry(index)]), (error) => {
          ok(error);
          if (index === LOG_COMMANDS_MAX) resolve();
        });
      }
      assert.throws(() => {
        under.writer.append(encodeBatch([entry(LOG_COMMANDS_MAX + 1)]), ok);
      }, InvariantError);
    });
    await close(under.writer);
    assert.equal(read(under).entries.length, LOG_COMMANDS_MAX);
  });
}

function read(under: LogWriterUnderTest, start = { index: 0, term: 0 }) {
  return openWal({
    files: under.files,
    logger: new RecordingLogger(),
    directory: under.walDirectory,
    start,
    segmentBytes: SEGMENT_BYTES,
  });
}

function ok(error?: WalError): void {
  assert.equal(error, undefined);
}

function append(writer: LogWriter, index: number): Promise<void> {
  return new Promise((resolve) => {
    writer.append(encodeBatch([entry(index)], hardState(1, index)), (error) => {
      ok(error);
      resolve();
    });
  });
}

function close(writer: LogWriter): Promise<void> {
  return new Promise((resolve) => {
    writer.close((error) => {
      ok(error);
      resolve();
    });
  });
}
