import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FormerFiles } from '../../../../src/server/storage/former-files.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const SNAP = '/data/member/snap';
const IMAGE = '000000000000000a.snap.db';
const OURS = '0000000000000002-0000000000000007.snap';

function folderWith(...names: string[]): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory(SNAP);
  for (const name of names) files.open(`${SNAP}/${name}`, 'create').close();
  return files;
}

describe('former files', () => {
  const logger = new RecordingLogger();
  const find = (files: MemoryFileSystem) => FormerFiles.find(SNAP, files, logger);

  it('no database -> none, whatever else there is', () => {
    assert.equal(find(folderWith(IMAGE, OURS)), undefined);
    assert.equal(find(new MemoryFileSystem()), undefined);
  });

  it('an empty database -> there, ends with no entry', () => {
    const former = find(folderWith('db', OURS));
    assert.equal(former?.database, `${SNAP}/db`);
    assert.equal(former.index, 0);
    assert.equal(former.imageAt(10), undefined);
  });

  it('removed -> the database last; what came later, and .snap files, stay', () => {
    const files = folderWith('db', IMAGE, 'db.tmp.123', OURS);
    const former = find(files);
    assert.equal(former?.imageAt(10), `${SNAP}/${IMAGE}`);
    const later = '000000000000000b.snap.db';
    files.open(`${SNAP}/${later}`, 'create').close();
    const before = files.calls;
    former.remove();
    assert.deepEqual(files.list(SNAP), [OURS, later]);
    const removed = files.trace.slice(before).filter((call) => call.startsWith('remove'));
    assert.equal(removed.at(-1), `remove ${SNAP}/db`);
    assert.equal(files.trace.at(-1), `sync ${SNAP}`);
  });

  it('an image that somebody else has removed meanwhile -> the others go', () => {
    const files = folderWith('db', IMAGE);
    const former = find(files);
    files.remove(`${SNAP}/${IMAGE}`);
    former?.remove();
    assert.deepEqual(files.list(SNAP), []);
  });

  it('the disk refuses -> logged, and the database is still there; no power -> thrown', () => {
    const files = folderWith('db', IMAGE);
    const former = find(files);
    files.failCall(1, 'FILE_IO');
    former?.remove();
    assert.deepEqual(files.list(SNAP), [IMAGE, 'db']);
    assert.equal(logger.lines.at(-1)?.level, 'error');
    files.losePowerAfter(1);
    assert.throws(() => former?.remove(), PowerLossError);
  });
});
