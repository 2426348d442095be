/** Tells disks apart on which nothing is un-synced: a recovery from equal ones is the same. */
import { createHash, type Hash } from 'node:crypto';
import type { SimDisks } from '../sim/sim-disks.ts';
import type { Remains } from './lives.ts';

export function fingerprint({ disks, knowledge }: Remains): string {
  const hash = createHash('sha1');
  addFolder(hash, disks, '');
  // A life only adds batches and answers.
  const batches = disks.hasBackend ? disks.backend.batches.length : 0;
  hash.update(`${batches} ${knowledge.answers.length}`);
  return hash.digest('base64');
}

function addFolder(hash: Hash, disks: SimDisks, folder: string): void {
  for (const name of disks.files.list(folder)) {
    const path = `${folder}/${name}`;
    hash.update(`${path}\n`);
    if (disks.files.stat(path)?.isDirectory === true) addFolder(hash, disks, path);
    else hash.update(disks.files.readFile(path));
  }
}
