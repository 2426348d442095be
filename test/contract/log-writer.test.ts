import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { NodeFileSystem } from '../../src/server/io/node-file-system.ts';
import { WalThread } from '../../src/server/io/wal-thread.ts';
import { WalMeters } from '../../src/server/metrics/wal-meters.ts';
import { createWal, encodeBatch, type WalError, type WalPosition } from '../../src/wal/index.ts';
import { DirectLogWriter } from '../sim/direct-log-writer.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import {
  create,
  entry,
  METADATA,
  memoryFiles,
  SEGMENT_BYTES,
  snapshot,
  WAL,
} from '../support/wal-fixture.ts';
import { logWriterSuite } from './log-writer-suite.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'etcd-ts-log-'));
after(() => {
  fs.rmSync(scratch, { recursive: true });
});

interface ThreadLog {
  readonly files: NodeFileSystem;
  readonly walDirectory: string;
  readonly snapshotDirectory: string;
  readonly logger: RecordingLogger;
  readonly fatal: WalError[];
  readonly writer: WalThread;
}

function threadLog(meters = new WalMeters()): ThreadLog {
  const files = new NodeFileSystem();
  const data = fs.mkdtempSync(path.join(scratch, 'test-'));
  const [directory, snapshotDirectory] = [`${data}/wal`, `${data}/snap`];
  files.makeDirectory(snapshotDirectory);
  const segmentBytes = SEGMENT_BYTES;
  const position = createWal({ files, directory, metadata: METADATA, segmentBytes });
  const logger = new RecordingLogger();
  const fatal: WalError[] = [];
  const writer = new WalThread({
    position,
    snapshotDirectory,
    segmentBytes,
    logger,
    meters,
    onFatal: (error) => fatal.push(error),
  });
  return { files, walDirectory: directory, snapshotDirectory, logger, fatal, writer };
}

logWriterSuite('direct', () => {
  const files = memoryFiles();
  const options = {
    files,
    logger: new RecordingLogger(),
    position: create(files),
    snapshotDirectory: '/data/snap',
    segmentBytes: SEGMENT_BYTES,
  };
  return {
    writer: new DirectLogWriter(options, setImmediate),
    files,
    walDirectory: WAL,
    snapshotDirectory: '/data/snap',
    breakFiles: () => {
      files.failCall(1, 'FILE_IO');
    },
  };
});

logWriterSuite('thread', () => {
  const log = threadLog();
  return {
    ...log,
    breakFiles: () => {
      log.files.removeTree(log.snapshotDirectory);
    },
  };
});

test('log writer (thread): first failure -> onFatal once, after the callbacks', async () => {
  const { files, snapshotDirectory, fatal, writer } = threadLog();
  files.removeTree(snapshotDirectory);
  for (let i = 0; i < 2; i++) {
    await new Promise<void>((resolve) => {
      writer.saveSnapshot(snapshot(1), (error) => {
        assert.equal(error?.code, 'WAL_IO');
        assert.equal(fatal.length, i);
        resolve();
      });
    });
  }
  assert.deepEqual(
    fatal.map((error) => error.code),
    ['WAL_IO'],
  );
});

test('log writer (thread): log cannot be opened -> onFatal, although nothing is pending', async () => {
  const { files, walDirectory, snapshotDirectory, writer } = threadLog();
  await new Promise<void>((resolve) => {
    writer.close(() => {
      resolve();
    });
  });
  const directory = `${walDirectory}2`;
  const segmentBytes = SEGMENT_BYTES;
  const position = createWal({ files, directory, metadata: METADATA, segmentBytes });
  files.removeTree(directory);
  const error = await new Promise<WalError>((resolve) => {
    const logger = new RecordingLogger();
    new WalThread({ position, snapshotDirectory, logger, onFatal: resolve });
  });
  assert.equal(error.code, 'WAL_IO');
});

test('log writer (thread): lines it logs -> come out on the main side', async () => {
  const { logger, writer } = threadLog();
  writer.append(encodeBatch([entry(1, 1, 'x'.repeat(SEGMENT_BYTES))]), () => undefined);
  await new Promise<void>((resolve) => {
    writer.close(() => {
      resolve();
    });
  });
  assert.deepEqual(
    logger.lines.map(({ level, message }) => [level, message]),
    [['info', 'created a new WAL segment']],
  );
});

test('log writer (thread): thread crashes -> WAL_FAILED to the pending, then onFatal', async () => {
  const errors: (string | undefined)[] = [];
  await new Promise<void>((resolve) => {
    const writer = new WalThread({
      position: { directory: scratch } as WalPosition,
      snapshotDirectory: scratch,
      logger: new RecordingLogger(),
      onFatal: (error) => {
        errors.push(error.code);
        resolve();
      },
    });
    writer.append(encodeBatch([entry(1)]), (error) => errors.push(error?.code));
  });
  assert.deepEqual(errors, ['WAL_FAILED', 'WAL_FAILED']);
});

test('log writer (thread): what it measures -> seen on the main side', async () => {
  const meters = new WalMeters();
  const { writer } = threadLog(meters);
  const batch = encodeBatch([entry(1, 1, 'x')]);
  await new Promise<void>((resolve) => writer.append(batch, () => resolve()));
  assert.equal(meters.writeSeconds.count, 1);
  assert.equal(meters.syncSeconds.count, 1);
  assert.ok(meters.writtenBytes > 0);
  await new Promise<void>((resolve) => writer.saveSnapshot(snapshot(1, 1), () => resolve()));
  assert.equal(meters.snapshotSyncSeconds.count, 1);
  assert.equal(meters.snapshotEncodeSeconds.count, 1);
  assert.equal(meters.snapshotSaveSeconds.count, 1);
  assert.equal(meters.syncSeconds.count, 2, 'the record of the snapshot');
  await new Promise<void>((resolve) => writer.close(() => resolve()));
});
