/** bbolt files in memory, from plain rows and back. */
import { concatBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BboltCheck, type BboltCheckReport } from '../../../src/bbolt/bbolt-check.ts';
import { BboltFile } from '../../../src/bbolt/bbolt-file.ts';
import { type BboltPlan, BboltWriter } from '../../../src/bbolt/bbolt-writer.ts';
import type { BboltBucket, BboltRow } from '../../../src/bbolt/bucket.ts';
import { encodeMetaPages } from '../../../src/bbolt/meta-page.ts';
import { bytesSource, type PageSource } from '../../../src/bbolt/page-source.ts';

/** Buckets with their rows, all as latin1 text: easy to write down and to compare. */
export type Content = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Latin1 texts compare as the bytes that they stand for. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Puts everything into the writer and ends it; `take` is called now and then. */
export function feed(
  writer: BboltWriter,
  content: Content,
  taken: (pages: readonly Uint8Array[]) => void = () => undefined,
): BboltPlan {
  for (const [name, rows] of sortedEntries(content)) {
    writer.beginBucket(fromLatin1(name));
    for (const [key, value] of sortedEntries(rows)) {
      writer.put(fromLatin1(key), fromLatin1(value));
      writer.checkInvariants();
      taken(writer.take());
    }
  }
  const plan = writer.end();
  taken(writer.take());
  return plan;
}

/** The file as it would be streamed: measured first. */
export function streamed(content: Content, pageBytes = 4096): Uint8Array {
  const plan = feed(BboltWriter.measuring(pageBytes), content);
  const parts: Uint8Array[] = [];
  feed(BboltWriter.streaming(plan), content, (pages) => parts.push(...pages));
  return concatBytes(parts);
}

/** The file as it would be written in one pass, meta pages last. */
export function writtenInPlace(content: Content, pageBytes = 4096): Uint8Array {
  const parts: Uint8Array[] = [];
  const plan = feed(BboltWriter.forFile(pageBytes), content, (pages) => parts.push(...pages));
  return concatBytes([encodeMetaPages(plan), ...parts]);
}

export function open(bytes: Uint8Array): BboltFile {
  return BboltFile.open(bytesSource(bytes));
}

export function allRows(bucket: BboltBucket, from?: Uint8Array, rowsMax = 7): BboltRow[] {
  const cursor = bucket.rows(from);
  const all: BboltRow[] = [];
  for (let rows = cursor.next(rowsMax); rows.length > 0; rows = cursor.next(rowsMax)) {
    all.push(...rows);
  }
  return all;
}

export function contentOf(file: BboltFile): Content {
  const content: Record<string, Record<string, string>> = {};
  for (const name of file.bucketNames()) {
    const rows = allRows(bucketOf(file, latin1(name)));
    content[latin1(name)] = Object.fromEntries(rows.map((r) => [latin1(r.key), latin1(r.value)]));
  }
  return content;
}

export function bucketOf(file: BboltFile, name: string): BboltBucket {
  const bucket = file.bucket(fromLatin1(name));
  if (bucket === undefined) throw new TypeError(`no bucket ${name}`);
  return bucket;
}

export function checked(file: BboltFile, rowsMax = 10): BboltCheckReport {
  const check = new BboltCheck(file);
  for (;;) {
    const report = check.step(rowsMax);
    if (report !== undefined) return report;
  }
}

/** Counts what is read, and refuses to go on beyond a bound: a loop would. */
export class CountedSource implements PageSource {
  reads = 0;
  largestRead = 0;
  readonly #source: PageSource;
  readonly #readsMax: number;

  constructor(source: PageSource, readsMax = Infinity) {
    this.#source = source;
    this.#readsMax = readsMax;
  }

  sizeBytes(): number {
    return this.#source.sizeBytes();
  }

  read(target: Uint8Array, position: number): number {
    if (++this.reads > this.#readsMax) throw new TypeError(`more than ${this.#readsMax} reads`);
    this.largestRead = Math.max(this.largestRead, target.length);
    return this.#source.read(target, position);
  }
}

/** `count` rows with keys in order and values of `valueBytes`. */
export function numberedRows(count: number, valueBytes = 100): Record<string, string> {
  const rows = Array.from({ length: count }, (_, n) => [
    `key${String(n).padStart(6, '0')}`,
    String.fromCharCode(97 + (n % 26)).repeat(valueBytes),
  ]);
  return Object.fromEntries(rows) as Record<string, string>;
}
