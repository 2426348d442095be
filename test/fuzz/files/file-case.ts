/** One case: sound files, and the steps by which they were spoilt. */
import { SeededRandom } from '../../sim/seeded-random.ts';
import {
  contentOf,
  DATABASE,
  type DataFiles,
  databaseOf,
  pathsIn,
  replaced,
  type Seed,
} from './data-files.ts';
import { databaseWith, rowsOf } from './database-rows.ts';
import { logWith, recordsOf, snapshotWith } from './log-records.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { mutatedValue } from './mutate-message.ts';
import { mutatedPages } from './mutate-pages.ts';
import { mutatedParts } from './mutate-parts.ts';

/**
 * What is damaged: bytes of files that are as the disk has them; the structure of a database's
 * pages; rows or records, with all that lies around them made to fit; names and whole files.
 */
export type Layer = 'bytes' | 'pages' | 'rows' | 'records' | 'snapshots' | 'names';

export interface FileCase {
  readonly seed: Seed;
  readonly layer: Layer;
  /** One generator each: any can be left out, and the others do what they did. */
  readonly steps: readonly number[];
}

const STEPS_MAX = 5;

/** The case with this number; the same for the same seed, whatever was run before. */
export function drawCase(seed: number, number: number, seeds: readonly Seed[]): FileCase {
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const chosen = random.pick(seeds);
  const layer = random.pick(layersOf(chosen));
  const count = random.chance(600) ? 1 : 1 + random.below(STEPS_MAX);
  const steps = Array.from({ length: count }, () => random.below(0x1_0000_0000));
  return { seed: chosen, layer, steps };
}

function layersOf({ kind, isFlat }: Seed): readonly Layer[] {
  if (kind !== 'database') {
    const ofLog = ['bytes', 'bytes', 'records', 'records', 'snapshots', 'names'] as const;
    return kind === 'log' ? ofLog : [...ofLog, 'pages', 'rows', 'rows'];
  }
  return isFlat ? ['bytes', 'pages', 'rows'] : ['bytes', 'pages'];
}

/** The files of the case. */
export function spoiltFiles({ seed, layer, steps }: FileCase): DataFiles {
  const randoms = steps.map((step) => new SeededRandom(step));
  switch (layer) {
    case 'rows': {
      const rows = rowsOf(databaseOf(seed.files));
      const parts = randoms.reduce((some, random) => mutatedParts(some, random), rows.parts);
      return replaced(seed.files, DATABASE, databaseWith({ ...rows, parts }));
    }
    case 'records': {
      const records = recordsOf(seed.files);
      const mutated = randoms.reduce((some, random) => mutatedParts(some, random), records);
      return logWith(seed.files, mutated);
    }
    case 'bytes':
    case 'pages':
    case 'snapshots':
    case 'names':
      return randoms.reduce((files, random) => FILE_STEPS[layer](files, random), seed.files);
  }
}

type FileStep = (files: DataFiles, random: SeededRandom) => DataFiles;

const FILE_STEPS: Readonly<Record<'bytes' | 'pages' | 'snapshots' | 'names', FileStep>> = {
  bytes: (files, random) => {
    const path = random.pick([...files.keys()]);
    return replaced(files, path, mutatedBytes(contentOf(files, path), random));
  },
  pages: (files, random) => replaced(files, DATABASE, mutatedPages(databaseOf(files), random)),
  snapshots: (files, random) => {
    const path = random.pick(pathsIn(files, 'snap'));
    const spoilt = snapshotWith(contentOf(files, path), (data) => mutatedValue(data, random));
    return replaced(files, path, spoilt);
  },
  names: spoiltNames,
};

/** Files that are gone, exchanged, empty, or there again under another number. */
function spoiltNames(files: DataFiles, random: SeededRandom): DataFiles {
  const spoilt = new Map(files);
  const paths = [...files.keys()];
  const [path, other] = [random.pick(paths), random.pick(paths)];
  switch (random.below(5)) {
    case 0:
      if (spoilt.size > 1) spoilt.delete(path);
      return spoilt;
    case 1:
      return spoilt.set(path, contentOf(files, other)).set(other, contentOf(files, path));
    case 2:
      return spoilt.set(path, new Uint8Array(0));
    default: {
      const digits = [...path.matchAll(/[0-9a-f](?=[-.])/g)];
      // The database has no number.
      if (digits.length === 0) return spoilt;
      const { index } = random.pick(digits);
      const digit = random.below(16).toString(16);
      const name = path.slice(0, index) + digit + path.slice(index + 1);
      if (random.chance(500)) spoilt.delete(path);
      return spoilt.set(name, contentOf(files, path));
    }
  }
}
