/** bbolt files on a real disk. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { BboltFile } from '../../../src/bbolt/bbolt-file.ts';
import { type BboltPlan, BboltWriter } from '../../../src/bbolt/bbolt-writer.ts';

/** Opens a file, hands it over, and closes it. */
export function withFile<T>(path: string, use: (file: BboltFile) => T): T {
  const fd = openSync(path, 'r');
  try {
    return use(
      BboltFile.open({
        sizeBytes: () => fstatSync(fd).size,
        read: (target, position) => readSync(fd, target, 0, target.length, position),
      }),
    );
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes all rows of one file into a new one, from its first byte to its last and then, with
 * `digest`, the SHA-256 of it all that ends a snapshot file.
 */
export function writeAnew(from: string, to: string, options: { digest: boolean }): BboltPlan {
  return withFile(from, (file) => {
    const plan = putAll(file, BboltWriter.measuring(), () => undefined);
    const fd = openSync(to, 'w', 0o600);
    const sum = createHash('sha256');
    putAll(file, BboltWriter.streaming(plan), (page) => {
      writeSync(fd, page);
      sum.update(page);
    });
    if (options.digest) writeSync(fd, sum.digest());
    closeSync(fd);
    return plan;
  });
}

function putAll(
  file: BboltFile,
  writer: BboltWriter,
  write: (page: Uint8Array) => void,
): BboltPlan {
  for (const name of file.bucketNames()) {
    writer.beginBucket(name);
    const cursor = file.bucket(name)?.rows();
    for (let rows = cursor?.next(100) ?? []; rows.length > 0; rows = cursor?.next(100) ?? []) {
      for (const { key, value } of rows) writer.put(key, value);
      writer.take().forEach(write);
    }
  }
  const plan = writer.end();
  writer.take().forEach(write);
  return plan;
}
