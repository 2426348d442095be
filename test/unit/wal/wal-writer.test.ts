import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '../../../src/wal/batch.ts';
import { validSnapshots } from '../../../src/wal/valid-snapshots.ts';
import { WalError, type WalErrorCode } from '../../../src/wal/wal-error.ts';
import { WalWriter } from '../../../src/wal/wal-writer.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import {
  appendEach,
  create,
  entries,
  entry,
  FIRST_SEGMENT,
  hardState,
  memoryFiles,
  newLog,
  open,
  SEGMENT_BYTES,
  WAL,
  walSnapshot,
  writerAt,
} from '../../support/wal-fixture.ts';

const isCode = (code: WalErrorCode) => (error: unknown) =>
  error instanceof WalError && error.code === code;

/** Writing calls that `operation` makes. */
function callsOf(files: MemoryFileSystem, operation: () => void): number {
  const before = files.calls;
  operation();
  return files.calls - before;
}

test('wal writer: WAL-I2 one write and one sync for entries, a new term, a new vote', () => {
  const { files, writer } = newLog();
  const batches = [
    encodeBatch([entry(1)]),
    encodeBatch([], hardState(1, 1)),
    encodeBatch([], hardState(2, 1)),
    encodeBatch([], { ...hardState(2, 1), vote: 1n }),
  ];
  for (const batch of batches) {
    assert.equal(
      callsOf(files, () => {
        writer.append([batch]);
      }),
      2,
    );
  }
  writer.checkInvariants();
});

test('wal writer: WAL-I2 commit index alone -> written, not synced; the next sync covers it', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 1))]);
  const commitOnly = callsOf(files, () => {
    writer.append([encodeBatch([], hardState(1, 2))]);
  });
  assert.equal(commitOnly, 1);
  const close = callsOf(files, () => {
    writer.close();
  });
  assert.equal(close, 1);
  assert.equal(open(files.afterPowerLoss(new SeededRandom(1))).hardState.commit, 2);
});

test('wal writer: nothing to write -> no call', () => {
  const { files, writer } = newLog();
  const calls = callsOf(files, () => {
    writer.append([encodeBatch([])]);
  });
  assert.equal(calls, 0);
});

test('wal writer: several batches at once -> one write, one sync, one log', () => {
  const { files, writer } = newLog();
  const batches = [1, 2, 3].map((index) => encodeBatch([entry(index)], hardState(1, index)));
  const calls = callsOf(files, () => {
    writer.append(batches);
  });
  assert.equal(calls, 2);
  assert.deepEqual(open(files).entries, entries(1, 3));
});

test('wal writer: WAL-I3 segment full -> cut, chained, named by sequence and next index', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch([entry(1, 1, 'x'.repeat(SEGMENT_BYTES))], hardState(1, 1))]);
  appendEach(writer, 2, 3);
  writer.checkInvariants();
  assert.deepEqual(files.list(WAL), [
    '0000000000000000-0000000000000000.wal',
    '0000000000000001-0000000000000002.wal',
  ]);
  const opened = open(files);
  assert.equal(opened.entries.length, 3);
  assert.deepEqual(opened.hardState, hardState(1, 3));
});

test('wal writer: prepared ahead -> the cut has no space left to take', () => {
  const { files, writer } = newLog();
  while (writer.prepareNext());
  assert.equal(files.stat(`${WAL}/0.tmp`)?.sizeBytes, SEGMENT_BYTES);
  const big = encodeBatch([entry(1, 1, 'x'.repeat(SEGMENT_BYTES))]);
  const calls = callsOf(files, () => {
    writer.append([big]);
  });
  // write, sync | truncate, sync | header, sync | rename, sync of the folder
  assert.equal(calls, 8);
  assert.equal(writer.prepareNext(), true);
  writer.close();
  assert.ok(files.list(WAL).every((name) => name.endsWith('.wal')));
});

test('wal writer: no space ahead -> logged, tried again at the cut, where it is fatal', () => {
  const files = memoryFiles();
  const logger = new RecordingLogger();
  const writer = new WalWriter({ files, logger, segmentBytes: SEGMENT_BYTES }, create(files));
  files.failCall(2, 'FILE_NO_SPACE');
  while (writer.prepareNext());
  assert.equal(logger.lines[0]?.message, 'failed to preallocate the next WAL segment');
  assert.deepEqual(files.list(WAL), ['0000000000000000-0000000000000000.wal']);
  writer.append([encodeBatch([entry(1)])]);
  files.failCall(6, 'FILE_NO_SPACE');
  assert.throws(() => {
    writer.append([encodeBatch([entry(2, 1, 'x'.repeat(SEGMENT_BYTES))])]);
  }, isCode('WAL_IO'));
});

test('wal writer: WAL-I8 any failed call -> WAL_IO, and nothing is written after it', () => {
  for (let nth = 1; nth <= 8; nth++) {
    const { files, writer } = newLog();
    while (writer.prepareNext());
    files.failCall(nth, 'FILE_IO');
    assert.throws(() => {
      writer.append([encodeBatch([entry(1, 1, 'x'.repeat(SEGMENT_BYTES))])]);
    }, isCode('WAL_IO'));
    const calls = callsOf(files, () => {
      for (const operation of [
        () => {
          writer.append([encodeBatch([entry(2)])]);
        },
        () => {
          writer.saveSnapshot(walSnapshot(1));
        },
        () => {
          writer.purge(1);
        },
        () => {
          writer.close();
        },
      ]) {
        assert.throws(operation, isCode('WAL_FAILED'));
      }
      assert.equal(writer.prepareNext(), false);
    });
    assert.equal(calls, 0);
  }
});

test('wal writer: closed -> WAL_CLOSED for all but closing again', () => {
  const { writer } = newLog();
  writer.close();
  writer.close();
  assert.throws(() => {
    writer.append([encodeBatch([entry(1)])]);
  }, isCode('WAL_CLOSED'));
});

test('wal writer: snapshot ahead of the commit index -> the append that reaches it syncs', () => {
  const { files, writer } = newLog();
  writer.append([encodeBatch(entries(1, 3), hardState(1, 3))]);
  writer.saveSnapshot(walSnapshot(9));
  assert.equal(writer.startIndex, 0);
  writer.append([encodeBatch([], hardState(1, 9))]);
  assert.equal(writer.startIndex, 9);
  writer.checkInvariants();
  const found = files.afterPowerLoss(new SeededRandom(2));
  assert.equal(validSnapshots(found, WAL).at(-1)?.index, 9);
  assert.deepEqual(open(found, { index: 9, term: 1 }).entries, []);
});

test('wal writer: WAL-I7 purge -> the newest stay, and all that the newest snapshot needs', () => {
  const { files, writer } = newLog();
  const count = (): number => files.list(WAL).filter((name) => name.endsWith('.wal')).length;
  appendEach(writer, 1, 300);
  const all = count();
  assert.ok(all > 5);
  writer.purge(1);
  assert.equal(count(), all, 'without a snapshot, every entry is needed');
  writer.saveSnapshot(walSnapshot(250));
  for (const segmentsMax of [0, all, all + 1, all + 9]) {
    writer.purge(segmentsMax);
    assert.equal(count(), all);
  }
  writer.purge(5);
  assert.equal(count(), 5);
  writer.purge(1);
  assert.deepEqual(open(files, { index: 250, term: 1 }).entries, entries(251, 300));
  const needed = count();
  assert.ok(needed >= 2 && needed < 5);
  files.remove(`${WAL}/${files.list(WAL)[0]}`);
  assert.throws(() => open(files, { index: 250, term: 1 }), isCode('WAL_NO_SEGMENT'));
});

test('wal writer: purge interrupted by a power loss -> no hole in the sequence', () => {
  for (let count = 0; count < 12; count++) {
    const { files, writer } = newLog();
    appendEach(writer, 1, 300);
    writer.saveSnapshot(walSnapshot(290));
    files.losePowerAfter(count);
    try {
      writer.purge(1);
    } catch {
      assert.ok(count < 12);
    }
    for (let seed = 0; seed < 8; seed++) {
      const found = files.afterPowerLoss(new SeededRandom(seed));
      assert.equal(validSnapshots(found, WAL).at(-1)?.index, 290);
      assert.equal(open(found, { index: 290, term: 1 }).entries.length, 10);
    }
  }
});

test('wal writer: purge after a restart -> what lies before the opened snapshot may go', () => {
  const { files, writer } = newLog();
  appendEach(writer, 1, 300);
  writer.saveSnapshot(walSnapshot(290));
  writer.close();
  const next = writerAt(files, open(files, { index: 290, term: 1 }).position);
  next.purge(1);
  assert.ok(files.list(WAL).length <= 2);
});

test('wal writer: no segment to write -> WAL_IO', () => {
  const files = memoryFiles();
  const position = create(files);
  files.remove(FIRST_SEGMENT);
  assert.throws(() => writerAt(files, position), isCode('WAL_IO'));
});
