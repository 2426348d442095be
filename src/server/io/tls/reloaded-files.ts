/**
 * Small files that are read again when they have changed: certificates are renewed, and
 * revocation lists grow, while the server runs. To look whether they have changed takes some
 * microseconds, which a handshake does not notice, so it is done synchronously for each.
 */
import { readFileSync, statSync } from 'node:fs';
import { TlsError } from './tls-error.ts';

/** A file larger than this is refused: TLS_FILE. */
export const TLS_FILE_BYTES_MAX = 16 * 1024 * 1024;

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

export class ReloadedFiles<T> {
  readonly #paths: readonly string[];
  readonly #build: (contents: readonly Buffer[]) => T;
  #stamp: string | undefined;
  #outcome: Outcome<T> | undefined;

  /** `build` gets the contents in the order of the paths; it may throw. */
  constructor(paths: readonly string[], build: (contents: readonly Buffer[]) => T) {
    this.#paths = paths;
    this.#build = build;
  }

  /**
   * What was built of the files as they are now: the same object until one of them changes. Throws
   * what stands in the way, at each call until a file changes: TlsError, or what `build` throws.
   */
  current(): T {
    // Stamps first: a change while the files are read is seen by the next call.
    const stamp = this.#paths.map(stampOf).join();
    if (this.#outcome === undefined || stamp !== this.#stamp) {
      this.#outcome = this.#load();
      this.#stamp = stamp;
    }
    if ('error' in this.#outcome) throw this.#outcome.error;
    return this.#outcome.value;
  }

  #load(): Outcome<T> {
    try {
      return { value: this.#build(this.#paths.map(contentsOf)) };
    } catch (error) {
      return { error };
    }
  }
}

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    // Reading it says why.
    return 'unreadable';
  }
}

function contentsOf(path: string): Buffer {
  try {
    if (statSync(path).size > TLS_FILE_BYTES_MAX) {
      throw new TlsError('TLS_FILE', `read ${path}: larger than ${TLS_FILE_BYTES_MAX} bytes`);
    }
    return readFileSync(path);
  } catch (error) {
    throw error instanceof TlsError ? error : fileError(path, error as NodeJS.ErrnoException);
  }
}

/** As Go words them. */
function fileError(path: string, error: NodeJS.ErrnoException): TlsError {
  switch (error.code) {
    case 'ENOENT':
      return new TlsError('TLS_FILE_MISSING', `open ${path}: no such file or directory`, error);
    case 'EACCES':
      return new TlsError('TLS_FILE', `open ${path}: permission denied`, error);
    case 'EISDIR':
      return new TlsError('TLS_FILE', `read ${path}: is a directory`, error);
    default:
      return new TlsError('TLS_FILE', `open ${path}: ${error.message}`, error);
  }
}
