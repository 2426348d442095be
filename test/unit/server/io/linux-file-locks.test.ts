import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LevelBackend } from '../../../../src/server/io/level-backend.ts';
import { linuxFileLocks } from '../../../../src/server/io/linux-file-locks.ts';

const BACKEND = fileURLToPath(
  new URL('../../../../src/server/io/level-backend.js', import.meta.url),
);
const HOLDER = `
  const { LevelBackend } = await import(${JSON.stringify(BACKEND)});
  await LevelBackend.open(process.argv[1], 'create');
  console.log('locked');
  setInterval(() => {}, 1000);
`;

const skip = !existsSync('/proc/locks') && 'there is no /proc/locks';

describe('linux file locks', { skip }, () => {
  it('locked by another process -> named; by this one, or by none -> not', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-locks-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [own, free, theirs] = [join(folder, 'own'), join(folder, 'free'), join(folder, 'theirs')];
    writeFileSync(free, '');
    const backend = await LevelBackend.open(own, 'create');
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, theirs]);
    const exited = new Promise((resolve) => holder.once('exit', resolve));
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const paths = [join(own, 'LOCK'), free, join(theirs, 'LOCK')];
    assert.deepEqual(linuxFileLocks.lockedByOthers(paths), [join(theirs, 'LOCK')]);
    holder.kill('SIGKILL');
    await exited;
    assert.deepEqual(linuxFileLocks.lockedByOthers(paths), []);
    await backend.close();
  });
});
