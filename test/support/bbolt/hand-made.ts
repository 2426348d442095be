/** Files that no sound writer makes: pages put together by hand. */
import { concatBytes, fromLatin1 } from '../../../src/base/bytes.ts';
import { writeU32, writeU64 } from '../../../src/bbolt/little-endian.ts';
import { encodeMetaPages } from '../../../src/bbolt/meta-page.ts';
import { NodeDraft } from '../../../src/bbolt/node-draft.ts';

export const PAGE_BYTES = 1024;

export function leaf(rows: Readonly<Record<string, string>>): NodeDraft {
  const draft = new NodeDraft('rows');
  for (const [key, value] of Object.entries(rows)) draft.addRow(fromLatin1(key), fromLatin1(value));
  return draft;
}

export function branch(children: Readonly<Record<string, number>>): NodeDraft {
  const draft = new NodeDraft('branch');
  for (const [key, page] of Object.entries(children)) draft.addChild(fromLatin1(key), page);
  return draft;
}

/** A leaf whose rows are buckets with their roots at those pages. */
export function buckets(roots: Readonly<Record<string, number>>): NodeDraft {
  const draft = new NodeDraft('buckets');
  for (const [name, page] of Object.entries(roots)) {
    const value = new Uint8Array(16);
    writeU64(value, 0, page);
    draft.addRow(fromLatin1(name), value);
  }
  return draft;
}

/** A file of those pages from page 2 on; the last one is the root. */
export function fileOf(nodes: readonly NodeDraft[]): Uint8Array {
  const pages: Uint8Array[] = [];
  let id = 2;
  let rootPage = id;
  for (const node of nodes) {
    const count = Math.ceil(node.bytes / PAGE_BYTES);
    const image = new Uint8Array(count * PAGE_BYTES);
    node.writeTo(image, id, count - 1);
    pages.push(image);
    rootPage = id;
    id += count;
  }
  return concatBytes([encodeMetaPages({ pageBytes: PAGE_BYTES, rootPage, pages: id }), ...pages]);
}

/** A copy with a 32-bit number replaced at an offset in a page. */
export function withU32(file: Uint8Array, page: number, offset: number, value: number): Uint8Array {
  const copy = file.slice();
  writeU32(copy, page * PAGE_BYTES + offset, value);
  return copy;
}
