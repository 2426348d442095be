/** The meta page: where everything else is; two copies, so that one can be lost. */
import { BboltError } from './bbolt-error.ts';
import { readU32, readU64, writeU32, writeU64 } from './little-endian.ts';
import {
  META_PAGES,
  PAGE_BYTES_MAX,
  PAGE_BYTES_MIN,
  PAGE_HEADER_BYTES,
  PageFlag,
  writePageHeader,
} from './page-format.ts';
import { type PageSource, readExactly } from './page-source.ts';

const MAGIC = 0xed0cdaed;
const VERSION = 2;
/** What the checksum covers, from the end of the page header. */
const SUMMED_BYTES = 56;
const META_BYTES: number = PAGE_HEADER_BYTES + SUMMED_BYTES + 8;
const NO_FREELIST = 0xffff_ffff_ffff_ffffn;

export interface Meta {
  readonly pageBytes: number;
  /** First page of the root bucket's tree. */
  readonly rootPage: number;
  /** First page of the stored list of free pages; undefined when it is not stored. */
  readonly freelistPage: number | undefined;
  /** High-water mark: the file's content is pages [0, pages). */
  readonly pages: number;
  /** Number of the transaction that wrote this page. */
  readonly txid: number;
}

/**
 * The newer valid one of the two meta pages. A damaged page costs the transaction that wrote it,
 * as in bbolt: there a torn write of it is what a crash leaves. Throws BBOLT_NO_META.
 */
export function chooseMeta(source: PageSource): Meta {
  const first = metaAt(source, 0);
  const second = first === undefined ? findSecond(source) : metaAt(source, first.pageBytes);
  if (first === undefined || second === undefined) {
    const only = first ?? second;
    if (only === undefined) throw new BboltError('BBOLT_NO_META', 'no valid meta page');
    return only;
  }
  return first.txid > second.txid ? first : second;
}

/** With page 0 its page size is lost too: tries every size that a page can have. */
function findSecond(source: PageSource): Meta | undefined {
  for (let pageBytes = PAGE_BYTES_MIN; pageBytes <= PAGE_BYTES_MAX; pageBytes *= 2) {
    const meta = metaAt(source, pageBytes);
    if (meta?.pageBytes === pageBytes) return meta;
  }
  return undefined;
}

function metaAt(source: PageSource, position: number): Meta | undefined {
  if (position + META_BYTES > source.sizeBytes()) return undefined;
  return decodeMeta(readExactly(source, position, META_BYTES));
}

function decodeMeta(page: Uint8Array): Meta | undefined {
  const at = PAGE_HEADER_BYTES;
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  if (readU32(page, at) !== MAGIC || readU32(page, at + 4) !== VERSION) return undefined;
  const summed = page.subarray(at, at + SUMMED_BYTES);
  if (view.getBigUint64(at + SUMMED_BYTES, true) !== fnv1a64(summed)) return undefined;
  const pageBytes = readU32(page, at + 8);
  if (!isPageSize(pageBytes)) return undefined;
  const freelist = view.getBigUint64(at + 32, true);
  return {
    pageBytes,
    rootPage: readU64(page, at + 16),
    freelistPage: freelist === NO_FREELIST ? undefined : Number(freelist),
    pages: readU64(page, at + 40),
    txid: readU64(page, at + 48),
  };
}

export function isPageSize(bytes: number): boolean {
  return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && (bytes & (bytes - 1)) === 0;
}

/**
 * Both meta pages of a new file. The newer one is page 0, as after any even transaction: the
 * first commit on the file writes page 1, and leaves this one whole until it is through.
 */
export function encodeMetaPages(meta: Omit<Meta, 'txid' | 'freelistPage'>): Uint8Array {
  const both = new Uint8Array(META_PAGES * meta.pageBytes);
  for (let id = 0; id < META_PAGES; id++) {
    const page = both.subarray(id * meta.pageBytes, (id + 1) * meta.pageBytes);
    encodeMeta(page, id, { ...meta, freelistPage: undefined, txid: META_PAGES - id });
  }
  return both;
}

function encodeMeta(page: Uint8Array, id: number, meta: Meta): void {
  const at = PAGE_HEADER_BYTES;
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  writePageHeader(page, { id, flags: PageFlag.meta, count: 0, overflow: 0 });
  writeU32(page, at, MAGIC);
  writeU32(page, at + 4, VERSION);
  writeU32(page, at + 8, meta.pageBytes);
  writeU64(page, at + 16, meta.rootPage);
  view.setBigUint64(at + 32, NO_FREELIST, true);
  writeU64(page, at + 40, meta.pages);
  writeU64(page, at + 48, meta.txid);
  view.setBigUint64(at + SUMMED_BYTES, fnv1a64(page.subarray(at, at + SUMMED_BYTES)), true);
}

function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
