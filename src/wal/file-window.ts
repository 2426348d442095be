import type { FileHandle } from '../base/ports/file-system.ts';

const WINDOW_BYTES = 256 * 1024;

/** Reads a file front to back in large pieces and hands out views of them. */
export class FileWindow {
  readonly #file: FileHandle;
  /** Length of the file when it was opened; the window never looks beyond. */
  readonly sizeBytes: number;
  #bytes = new Uint8Array(0);
  /** Position in the file of the first byte held. */
  #start = 0;

  constructor(file: FileHandle) {
    this.#file = file;
    this.sizeBytes = file.sizeBytes();
  }

  /**
   * The bytes [position, position + length), fewer at the end of the file. The view is valid
   * until the next call.
   */
  view(position: number, length: number): Uint8Array {
    const end = Math.min(position + length, this.sizeBytes);
    if (position < this.#start || end > this.#start + this.#bytes.length) this.#load(position, end);
    return this.#bytes.subarray(position - this.#start, end - this.#start);
  }

  #load(position: number, end: number): void {
    const wanted = Math.max(end, Math.min(position + WINDOW_BYTES, this.sizeBytes)) - position;
    const bytes = new Uint8Array(wanted);
    this.#bytes = bytes.subarray(0, this.#file.read(bytes, position));
    this.#start = position;
  }
}
