/** Draws cases and has their files read, one after the other. */
import { getHeapStatistics } from 'node:v8';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import { BboltFile, bytesSource } from '../../../src/bbolt/index.ts';
import type { SnapshotMetadata } from '../../../src/pb/index.ts';
import { ConfState } from '../../../src/pb/index.ts';
import { FACT_KEYS, readFacts } from '../../../src/server/snapshot-image/image-facts.ts';
import { type DataFiles, databaseOf, pathsIn, type Seed } from './data-files.ts';
import { drawCase, type FileCase, spoiltFiles } from './file-case.ts';
import { expect } from './file-finding.ts';
import { readDatabase } from './read-database.ts';
import { restoreOffline } from './restore-offline.ts';
import { readSeeds } from './seeds.ts';
import { knownContents, type StateBehind, startOnLog } from './start-on-log.ts';
import { takeInImage } from './take-in-image.ts';
import { takeOverDirectory } from './take-over-directory.ts';

/** Memory that reading may take, for files that are a thousandth of it; a length believed takes more. */
const GROWTH_BYTES_MAX = 192 << 20;
const CASE_MS_MAX = 10_000;

/** What has to be known of a seed to judge what becomes of it. */
interface Expectations {
  /** Of a state: the entry it ends with. */
  readonly place: SnapshotMetadata | undefined;
  readonly state: StateBehind;
  readonly known: ReadonlySet<string>;
}

export interface FuzzFilesReport {
  cases: number;
  /** How often each way to read came to each outcome. */
  readonly outcomes: Map<string, number>;
  /** Of each way to fail, the first case, made as small as it gets. */
  readonly findings: Map<string, string>;
}

export class FileFuzzer {
  readonly seeds: readonly Seed[];
  readonly #expectations = new Map<Seed, Expectations>();

  private constructor(seeds: readonly Seed[]) {
    this.seeds = seeds;
  }

  static async make(): Promise<FileFuzzer> {
    const fuzzer = new FileFuzzer(readSeeds());
    for (const seed of fuzzer.seeds) {
      const known = await expectationsOf(seed);
      fuzzer.#expectations.set(seed, known);
      for (const outcome of await fuzzer.#read(seed.files, { seed, layer: 'bytes', steps: [] })) {
        expect(outcome.endsWith('accepted'), `${seed.name}, undamaged: ${outcome}`);
      }
    }
    return fuzzer;
  }

  /** Cases `[from, to)`, added to the report. */
  async run(seed: number, from: number, to: number, report: FuzzFilesReport): Promise<void> {
    for (let number = from; number < to; number++) {
      const drawn = drawCase(seed, number, this.seeds);
      try {
        for (const outcome of await this.runCase(drawn)) {
          const key = `${drawn.layer}: ${outcome}`;
          report.outcomes.set(key, (report.outcomes.get(key) ?? 0) + 1);
        }
      } catch (error) {
        const signature = signatureOf(error);
        if (report.findings.has(signature)) continue;
        const text = await this.#smallest(drawn, signature);
        report.findings.set(
          signature,
          `--seed ${seed} --case ${number}: ${text}\n${stackOf(error)}`,
        );
      }
      report.cases++;
    }
  }

  /** What each way to read the files of the case comes to. Throws what no reader may throw. */
  async runCase(drawn: FileCase): Promise<string[]> {
    const files = spoiltFiles(drawn);
    const before = heldBytes();
    const startMs = performance.now();
    const outcomes = await this.#read(files, drawn);
    expect(heldBytes() - before < GROWTH_BYTES_MAX, 'takes far more memory than the files');
    expect(performance.now() - startMs < CASE_MS_MAX, 'takes far too long');
    return outcomes;
  }

  async #read(files: DataFiles, { seed, layer }: FileCase): Promise<string[]> {
    const expectations = this.#expectations.get(seed);
    if (expectations === undefined) throw new TypeError('a seed of this fuzzer');
    const { place, state, known } = expectations;
    if (seed.kind === 'log') {
      const isSealed = layer === 'records' || layer === 'snapshots';
      return [`log ${await startOnLog(files, state, isSealed ? undefined : known)}`];
    }
    if (seed.kind === 'both') return [`directory ${await takeOverDirectory(files)}`];
    const outcomes = [`database ${readDatabase(files)}`];
    if (place !== undefined) {
      outcomes.push(`image ${await takeInImage(files, place)}`);
      const sound = layer === 'rows' ? undefined : seed.files;
      outcomes.push(...(await restoreOffline(files, sound && databaseOf(sound))));
    }
    return outcomes;
  }

  /** With as few steps as fail in the same way. */
  async #smallest(drawn: FileCase, wanted: string): Promise<string> {
    let small = drawn;
    for (const step of drawn.steps) {
      const other = { ...small, steps: small.steps.filter((kept) => kept !== step) };
      const found = await this.runCase(other).catch(signatureOf);
      if (found === wanted) small = other;
    }
    return describeCase(small);
  }
}

export function emptyReport(): FuzzFilesReport {
  return { cases: 0, outcomes: new Map(), findings: new Map() };
}

export function describeCase(drawn: FileCase): string {
  const lines = [`${drawn.seed.name}, ${drawn.layer}, ${drawn.steps.length} steps`];
  const spoilt = spoiltFiles(drawn);
  for (const path of new Set([...drawn.seed.files.keys(), ...spoilt.keys()])) {
    const [was, is] = [drawn.seed.files.get(path), spoilt.get(path)];
    if (was === undefined || is === undefined) lines.push(`${path}: ${was ? 'gone' : 'new'}`);
    else lines.push(...differences(was, is).map((text) => `${path} ${text}`));
  }
  return lines.join('\n  ');
}

const DIFFERENCES_MAX = 12;
const SHOWN_BYTES = 24;

function differences(was: Uint8Array, is: Uint8Array): string[] {
  const found: string[] = [];
  if (was.length !== is.length) found.push(`${was.length} -> ${is.length} bytes`);
  for (let at = 0; at < Math.min(was.length, is.length); at++) {
    if (was[at] === is[at]) continue;
    const hex = (bytes: Uint8Array): string =>
      Buffer.from(bytes.subarray(at, at + SHOWN_BYTES)).toString('hex');
    found.push(`at ${at}: ${hex(was)} -> ${hex(is)}`);
    at += SHOWN_BYTES;
    if (found.length >= DIFFERENCES_MAX) break;
  }
  return found;
}

async function expectationsOf(seed: Seed): Promise<Expectations> {
  const state = { index: newestSnapshot(seed), term: 1 };
  if (seed.kind === 'log') {
    return { place: undefined, state, known: await knownContents(seed, state) };
  }
  return { place: seed.isState ? placeIn(seed) : undefined, state, known: new Set() };
}

function placeIn(seed: Seed): SnapshotMetadata {
  const meta = BboltFile.open(bytesSource(databaseOf(seed.files))).bucket(utf8Bytes('meta'));
  const { index, term, confState } = readFacts(FACT_KEYS.map((key) => meta?.get(key)));
  return { index, term: term ?? 1, confState: confState ?? ConfState.create({ voters: [1n] }) };
}

function newestSnapshot(seed: Seed): number {
  const newest = pathsIn(seed.files, 'snap').at(-1) ?? '';
  return Number.parseInt(/-([0-9a-f]{16})\.snap$/.exec(newest)?.[1] ?? '0', 16);
}

/** What failed, without the numbers in it. */
function signatureOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\d+/g, 'N').slice(0, 200);
}

function stackOf(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? '';
}

function heldBytes(): number {
  const { total_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
