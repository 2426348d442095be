import type { FileSystem } from '../../base/ports/file-system.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { BboltError, BboltFile } from '../../bbolt/index.ts';
import { ImageError } from './errors.ts';
import { FACT_KEYS, type ImageFacts, readAnyFacts } from './image-facts.ts';

export interface OpenImage {
  readonly file: BboltFile;
  /** Its index is 0 when the file does not say which entry it ends with. */
  readonly facts: ImageFacts;
  close(): void;
}

/** Opens a file with etcd's buckets; to be closed. Throws FileError, BboltError and ImageError. */
export function openImage(files: FileSystem, path: string): OpenImage {
  const handle = files.open(path, 'read');
  const close = (): void => handle.close();
  try {
    const file = BboltFile.open(handle);
    const meta = file.bucket(utf8Bytes('meta'));
    return { file, facts: readAnyFacts(FACT_KEYS.map((key) => meta?.get(key))), close };
  } catch (error) {
    close();
    throw namingFile(error, path);
  }
}

/** What is wrong with the content of a file, with the file's name; other errors as they are. */
export function namingFile(error: unknown, path: string): unknown {
  if (error instanceof BboltError) return new BboltError(error.code, `${path}: ${error.message}`);
  if (error instanceof ImageError) return new ImageError(error.code, `${path}: ${error.message}`);
  return error;
}
