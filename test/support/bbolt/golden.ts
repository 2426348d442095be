/** The committed files of real etcd and real bbolt. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../../test/golden/bbolt');

/** Content of `NAME.gz`; no Buffer, whose `slice` would be no copy. */
export function golden(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(FOLDER, `${name}.gz`))));
}
