/** Pages of a file being written, in order, until somebody takes them. */

import { assert } from '../base/assert.ts';
import type { NodeDraft } from './node-draft.ts';
import { META_PAGES } from './page-format.ts';
import type { NodeOutput } from './tree-writer.ts';

export class PageOutput implements NodeOutput {
  /** Pages so far, meta pages included: the number of the next one. */
  pages: number = META_PAGES;
  /** Bytes that wait to be taken. */
  pendingBytes = 0;
  readonly #pageBytes: number;
  readonly #keepsPages: boolean;
  #pending: Uint8Array[] = [];

  /** With `keepsPages` off the pages are only counted. */
  constructor(options: { readonly pageBytes: number; readonly keepsPages: boolean }) {
    this.#pageBytes = options.pageBytes;
    this.#keepsPages = options.keepsPages;
  }

  write(node: NodeDraft): number {
    const id = this.pages;
    const pages = Math.ceil(node.bytes / this.#pageBytes);
    this.pages += pages;
    if (this.#keepsPages) {
      const image = new Uint8Array(pages * this.#pageBytes);
      node.writeTo(image, id, pages - 1);
      this.append(image);
    }
    return id;
  }

  append(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.pendingBytes += bytes.length;
  }

  /** All bytes that wait, in order; the caller's own. */
  take(): Uint8Array[] {
    const taken = this.#pending;
    this.#pending = [];
    this.pendingBytes = 0;
    return taken;
  }

  checkInvariants(): void {
    const bytes = this.#pending.reduce((sum, page) => sum + page.length, 0);
    assert(bytes === this.pendingBytes, 'pendingBytes counts what waits');
    assert(bytes % this.#pageBytes === 0, 'whole pages wait');
  }
}
