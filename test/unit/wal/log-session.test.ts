import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Snapshot } from '../../../src/pb/index.ts';
import { encodeBatch } from '../../../src/wal/batch.ts';
import { GROUP_BYTES_MAX, type LogCommand, LogSession } from '../../../src/wal/log-session.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { create, entry, memoryFiles, snapshot } from '../../support/wal-fixture.ts';

function session(): { files: MemoryFileSystem; session: LogSession } {
  const files = memoryFiles();
  const made = new LogSession({
    files,
    logger: new RecordingLogger(),
    position: create(files),
    snapshotDirectory: '/data/snap',
    segmentBytes: 64_000_000,
  });
  return { files, session: made };
}

const append = (index: number, text?: string): LogCommand => ({
  kind: 'append',
  batch: encodeBatch([entry(index, 1, text)]),
});

/** How many commands each call of `completed` was for, and the writing calls. */
function execute(commands: readonly LogCommand[]): { groups: number[]; calls: number } {
  const { files, session: made } = session();
  const before = files.calls;
  const groups: number[] = [];
  made.execute(commands, (count) => groups.push(count));
  made.checkInvariants();
  return { groups, calls: files.calls - before };
}

test('log session: appends in a row -> one group, one write, one sync', () => {
  assert.deepEqual(execute([append(1), append(2), append(3)]), { groups: [3], calls: 2 });
});

test('log session: other commands between appends -> order kept, groups apart', () => {
  const bytes = Snapshot.encode(snapshot(1));
  const commands: LogCommand[] = [
    append(1),
    append(2),
    { kind: 'snapshot', bytes },
    append(3),
    { kind: 'close' },
  ];
  assert.deepEqual(execute(commands).groups, [2, 1, 1, 1]);
});

test('log session: a group of GROUP_BYTES_MAX -> synced before more is added', () => {
  const half = 'x'.repeat(GROUP_BYTES_MAX / 2);
  const commands = [append(1, half), append(2, half), append(3, half), append(4)];
  assert.deepEqual(execute(commands), { groups: [2, 2], calls: 4 });
});
