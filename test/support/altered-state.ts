/** Changes what a stopped member has on disk, as no member would, and leaves it readable. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bucket } from '../../src/base/ports/backend.ts';
import { LevelBackend } from '../../src/server/io/level-backend.ts';
import { NodeFileSystem } from '../../src/server/io/node-file-system.ts';
import { openStateDir } from '../../src/server/io/state-dir.ts';

/** Puts one text in the place of another of the same length, wherever it stands in a value. */
export interface Alteration {
  readonly from: string;
  readonly to: string;
}

/** In the state of a member of ours. */
export async function alterOurs(dataDir: string, alteration: Alteration): Promise<void> {
  const path = join(dataDir, 'member', 'kv');
  const backend = await openStateDir(path, new NodeFileSystem(), LevelBackend.open);
  try {
    const batch = backend.batch();
    const cursor = backend.scan({ bucket: Bucket.key });
    for (let rows = await cursor.next(1000); rows.length > 0; rows = await cursor.next(1000)) {
      for (const { key, value } of rows) {
        const altered = Buffer.from(value);
        if (replaced(altered, alteration)) batch.put(Bucket.key, key, altered);
      }
    }
    await cursor.close();
    assert.ok(batch.operations > 0, `no ${alteration.from} in the state`);
    await batch.commit();
  } finally {
    await backend.close();
  }
}

/** In the database of a real member: nothing in it has a checksum. */
export function alterReal(dataDir: string, alteration: Alteration): void {
  const path = join(dataDir, 'member', 'snap', 'db');
  const file = readFileSync(path);
  assert.ok(replaced(file, alteration), `no ${alteration.from} in the database`);
  writeFileSync(path, file);
}

/** Whether there was anything to replace in `bytes`, which are changed. */
function replaced(bytes: Buffer, { from, to }: Alteration): boolean {
  assert.equal(from.length, to.length);
  let isFound = false;
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) {
    bytes.write(to, at);
    isFound = true;
  }
  return isFound;
}
