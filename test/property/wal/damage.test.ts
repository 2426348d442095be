/** Files cut and bits flipped: a prefix or a refusal, never anything that was not written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Entry } from '../../../src/pb/index.ts';
import { WalError } from '../../../src/wal/wal-error.ts';
import type { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { type Item, itemsOf, replay, type Step } from '../../support/raft-history.ts';
import {
  carryOut,
  create,
  entries,
  entry,
  hardState,
  memoryFiles,
  open,
  SEGMENT_BYTES,
  WAL,
  walSnapshot,
  writerAt,
} from '../../support/wal-fixture.ts';

interface Log {
  readonly files: MemoryFileSystem;
  readonly last: string;
  readonly items: readonly Item[];
  /** Of each item in the last segment: where its frame ends. */
  readonly ends: readonly { readonly items: number; readonly offset: number }[];
  /** Where the header of the last segment ends. */
  readonly headerEnd: number;
}

/** Two segments, the second with every kind of record. */
function makeLog(steps: readonly Step[]): Log {
  const files = memoryFiles();
  const writer = writerAt(files, create(files));
  const first = { kind: 'append', entries: [entry(1, 1, 'x'.repeat(SEGMENT_BYTES))] } as const;
  carryOut(writer, first);
  const items: Item[] = [...first.entries];
  const last = `${WAL}/0000000000000001-0000000000000002.wal`;
  const headerEnd = open(files).position.offset;
  const ends = [{ items: items.length, offset: headerEnd }];
  for (const step of steps) {
    carryOut(writer, step);
    items.push(...itemsOf(step));
    ends.push({ items: items.length, offset: open(files).position.offset });
  }
  return { files, last, items, ends, headerEnd };
}

const PLAIN: readonly Step[] = [
  { kind: 'append', entries: entries(2, 3), hardState: hardState(1, 3) },
  { kind: 'snapshot', snapshot: walSnapshot(2) },
  { kind: 'append', entries: [Entry.create({ index: 4, term: 1 })] },
  { kind: 'append', entries: [entry(4, 2, 'y'.repeat(600))], hardState: hardState(2, 4) },
  { kind: 'append', entries: [], hardState: hardState(3, 4) },
  { kind: 'append', entries: [entry(5, 3)] },
];

/** The same disk with another content of the last segment. */
function withLast(log: Log, content: Uint8Array): MemoryFileSystem {
  const files = memoryFiles();
  files.makeDirectory(WAL);
  for (const name of log.files.list(WAL)) {
    const path = `${WAL}/${name}`;
    const file = files.open(path, 'create');
    file.write(path === log.last ? content : log.files.readFile(path), 0);
  }
  return files;
}

/**
 * The largest number of items that the log can be taken to hold; undefined when it is refused.
 * Content that is not that of any number of items fails.
 */
function itemsRead(files: MemoryFileSystem, items: readonly Item[]): number | undefined {
  try {
    const { entries: found, hardState: state } = open(files);
    return largestEqual(items, { entries: found, hardState: state });
  } catch (error) {
    if (!(error instanceof WalError)) throw error;
    return undefined;
  }
}

/** The largest number of items that reads the same as the first `count`. */
function sameAs(items: readonly Item[], count: number): number {
  return largestEqual(items, replay(items.slice(0, count), 0));
}

function largestEqual(items: readonly Item[], content: ReturnType<typeof replay>): number {
  for (let count = items.length; count >= 0; count--) {
    if (isDeepStrictEqual(content, replay(items.slice(0, count), 0))) return count;
  }
  return assert.fail('reads as something that was never written');
}

test('wal: WAL-I6 last segment cut at every byte -> exactly the whole records before', () => {
  const log = makeLog(PLAIN.flatMap(oneRecordSteps));
  const content = log.files.readFile(log.last);
  const end = log.ends.at(-1)?.offset ?? 0;
  for (let length = 0; length <= end; length++) {
    const read = itemsRead(withLast(log, content.slice(0, length)), log.items);
    const whole = log.ends.findLast(({ offset }) => offset <= length)?.items;
    const expected = whole === undefined ? undefined : sameAs(log.items, whole);
    assert.equal(read, expected, `cut at ${length}`);
  }
});

function oneRecordSteps(step: Step): Step[] {
  if (step.kind === 'snapshot') return [step];
  const steps: Step[] = step.entries.map((one) => ({ kind: 'append', entries: [one] }));
  const { hardState: state } = step;
  return state === undefined
    ? steps
    : [...steps, { kind: 'append', entries: [], hardState: state }];
}

test('wal: WAL-I5 every bit of the last segment flipped -> refused, or the same content', () => {
  const log = makeLog(PLAIN);
  const content = log.files.readFile(log.last);
  const end = log.ends.at(-1)?.offset ?? 0;
  let same = 0;
  for (let bit = 0; bit < end * 8; bit++) {
    const flipped = content.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    const read = itemsRead(withLast(log, flipped), log.items);
    if (read === undefined) continue;
    assert.equal(read, log.items.length, `bit ${bit & 7} of byte ${bit >> 3}`);
    same++;
  }
  assert.ok(same < end / 2, `${same} flips changed nothing: padding only`);
});

test('wal: bits flipped in a record with a zero sector -> refused, or cut off as if torn', () => {
  const zeros = Entry.create({ index: 6, term: 3, data: new Uint8Array(1100) });
  const log = makeLog([...PLAIN, { kind: 'append', entries: [zeros] }]);
  const content = log.files.readFile(log.last);
  const [from, to] = log.ends.slice(-2).map(({ offset }) => offset) as [number, number];
  let torn = 0;
  for (let bit = from * 8; bit < to * 8; bit += 11) {
    const flipped = content.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    const files = withLast(log, flipped);
    const read = itemsRead(files, log.items);
    if (read === undefined || read === log.items.length) continue;
    assert.equal(read, log.items.length - 1);
    assert.ok(files.stat(`${log.last}.broken`) !== undefined);
    torn++;
  }
  assert.ok(torn > 0);
});

test('wal: any sector of the last batch lost -> what was before it', () => {
  const before = makeLog(PLAIN);
  const batch: Step = {
    kind: 'append',
    entries: [6, 7, 8].map((index) => entry(index, 3, 'z'.repeat(700))),
  };
  const log = makeLog([...PLAIN, batch]);
  const content = log.files.readFile(log.last);
  const [from, to] = log.ends.slice(-2).map(({ offset }) => offset) as [number, number];
  const old = before.files.readFile(log.last);
  const sectors: number[] = [];
  for (let at = from - (from % 512); at < to; at += 512) sectors.push(at);
  for (let lost = 1; lost < 1 << sectors.length; lost++) {
    const torn = content.slice();
    for (const [i, at] of sectors.entries()) {
      if ((lost & (1 << i)) !== 0) torn.set(old.subarray(at, at + 512), at);
    }
    const read = itemsRead(withLast(log, torn), log.items);
    assert.ok(read !== undefined && read >= before.items.length && read < log.items.length);
  }
});
