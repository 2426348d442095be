/**
 * Style as a test: rules about the tree that no linter knows. Each rule is a pure function over
 * a list of files, and is itself tested here against planted violations.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

interface SourceFile {
  /** Path from the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  return readdirSync(folder).includes('package.json') ? folder : findRoot(dirname(folder));
}

function filesUnder(folder: string, ends: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ends))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const SOURCES = [...filesUnder('src', '.ts'), ...filesUnder('bin', '.ts')];
const TESTS = filesUnder('test', '.ts');
const READMES = filesUnder('src', 'README.md');

/** Layers from the bottom up; a module imports only from itself and from lower layers. */
const RANKS: readonly (readonly string[])[] = [
  ['src/base'],
  ['src/pb'],
  ['src/raft', 'src/wal', 'src/mvcc', 'src/lease', 'src/auth', 'src/bbolt', 'src/http2'],
  ['src/grpc'],
  ['src/server'],
  ['bin'],
];

/** Folders of the deterministic core: no clock, randomness, files, network or process. */
const CORE = [
  'base',
  'pb',
  'raft',
  'wal',
  'mvcc',
  'lease',
  'auth',
  'bbolt',
  'http2',
  'grpc',
  'server/apply',
].map((folder) => `src/${folder}/`);

function importsOf(file: SourceFile): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|(?:^|\n)import\s+'([^']+)'/g;
  return [...file.text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}

function resolved(file: SourceFile, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(file.path), target) : target;
}

function moduleOf(path: string): { name: string; rank: number } | undefined {
  for (const [rank, modules] of RANKS.entries()) {
    const name = modules.find((module) => path.startsWith(`${module}/`));
    if (name !== undefined) return { name, rank };
  }
  return undefined;
}

/** Imports that go up or sideways in the layers. */
function upwardImports(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    const own = moduleOf(file.path);
    if (own === undefined) {
      found.push(`${file.path}: in no known layer`);
      continue;
    }
    for (const target of importsOf(file)) {
      const other = moduleOf(resolved(file, target));
      if (other === undefined || other.name === own.name || other.rank < own.rank) continue;
      found.push(`${file.path} imports ${target}`);
    }
  }
  return found;
}

/** Node modules and npm packages imported by the deterministic core. */
function impureImports(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => CORE.some((folder) => file.path.startsWith(folder)))
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('.'))
        .map((target) => `${file.path} imports ${target}`),
    );
}

const BANNED: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bnew Error\(/, instead: 'a subclass of CodedError, or assert' },
  { pattern: /\b(TODO|FIXME|XXX)\b/, instead: 'an issue' },
  { pattern: /@ts-(ignore|expect-error|nocheck)/, instead: 'a type that fits' },
  { pattern: /\bas any\b/, instead: 'unknown and a check' },
];

function bannedWords(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, at) =>
        BANNED.filter((rule) => rule.pattern.test(line)).map(
          (rule) => `${file.path}:${at + 1}: use ${rule.instead}`,
        ),
      ),
  );
}

const VAGUE_NAMES = /(^|\/)(utils?|helpers?|common|types|misc)\.ts$/;

/** Modules that are built before what uses them: no longer to be listed once something does. */
const AWAITED: readonly string[] = [];

/** Files that no other file of the product imports, entry points aside. */
function deadFiles(files: readonly SourceFile[]): string[] {
  const used = new Set(files.flatMap((file) => importsOf(file).map((t) => resolved(file, t))));
  const workers = files.flatMap((file) =>
    [...file.text.matchAll(/new URL\('([^']+)\.(?:ts|js)', import\.meta\.url\)/g)].map((match) =>
      resolved(file, `${match[1] ?? ''}.ts`),
    ),
  );
  for (const worker of workers) used.add(worker);
  return files
    .map((file) => file.path)
    .filter((path) => !path.startsWith('bin/') && !used.has(path));
}

/** Invariant ids such as `WAL-I3` that stand on one side only. */
function unmatchedInvariants(
  readmes: readonly SourceFile[],
  tests: readonly SourceFile[],
): string[] {
  const ids = (files: readonly SourceFile[]): Set<string> =>
    new Set(files.flatMap((file) => file.text.match(/\b[A-Z]+\d?-I\d+\b/g) ?? []));
  const stated = ids(readmes);
  const held = ids(tests);
  return [
    ...[...stated].filter((id) => !held.has(id)).map((id) => `${id}: no test names it`),
    ...[...held].filter((id) => !stated.has(id)).map((id) => `${id}: no README states it`),
  ];
}

/** `…Max` constants, each of which bounds something, that no test mentions. */
function untestedBounds(files: readonly SourceFile[], tests: readonly SourceFile[]): string[] {
  const tested = tests.map((file) => file.text).join('\n');
  return files.flatMap((file) =>
    [...file.text.matchAll(/export const (\w*(?:Max|MAX))\b/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !tested.includes(name))
      .map((name) => `${file.path}: ${name} is hit by no test`),
  );
}

describe('tidy: the tree', () => {
  it('imports point down the layers', () => {
    assert.deepEqual(upwardImports(SOURCES), []);
  });

  it('the deterministic core imports no Node module and no package', () => {
    assert.deepEqual(impureImports(SOURCES), []);
  });

  it('no banned words', () => {
    assert.deepEqual(bannedWords(SOURCES), []);
  });

  it('no vague file names', () => {
    assert.deepEqual(
      SOURCES.filter((file) => VAGUE_NAMES.test(file.path)).map((f) => f.path),
      [],
    );
  });

  it('no dead files', () => {
    assert.deepEqual(deadFiles(SOURCES), AWAITED);
  });

  it('every invariant of a README is held by a test, and the reverse', () => {
    const tests = TESTS.filter((file) => file.path !== 'test/tidy.test.ts');
    assert.deepEqual(unmatchedInvariants(READMES, tests), []);
  });

  it('every exported bound is hit by a test', () => {
    assert.deepEqual(untestedBounds(SOURCES, TESTS), []);
  });

  it('module READMEs stay short', () => {
    const long = READMES.filter((file) => file.text.split('\n').length > 150);
    assert.deepEqual(
      long.map((file) => file.path),
      [],
    );
  });

  it('every runtime dependency is argued for in docs/decisions', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const decisions = filesUnder('docs/decisions', '.md')
      .map((file) => file.text)
      .join('\n');
    const silent = Object.keys(manifest.dependencies).filter((name) => !decisions.includes(name));
    assert.deepEqual(silent, []);
  });
});

describe('tidy: the rules themselves', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });

  it('upwardImports: up and sideways are found, down and inside are not', () => {
    const up = file('src/raft/a.ts', "import { x } from '../server/b.ts';\n");
    const sideways = file('src/raft/a.ts', "import type {\n  y,\n} from '../mvcc/b.ts';\n");
    const down = file('src/raft/a.ts', "import { z } from '../base/b.ts';\n");
    const inside = file('src/raft/a.ts', "export { w } from './b.ts';\n");
    assert.equal(upwardImports([up, sideways, down, inside]).length, 2);
  });

  it('impureImports: node modules and packages are found in the core only', () => {
    const core = file('src/wal/a.ts', "import fs from 'node:fs';\nimport { p } from 'pino';\n");
    const edge = file('src/server/io/a.ts', "import fs from 'node:fs';\n");
    assert.equal(impureImports([core, edge]).length, 2);
  });

  it('bannedWords: each banned form is found', () => {
    const bad = ['throw new Error("x")', '// TODO later', '// @ts-ignore', 'x as any'];
    assert.equal(bannedWords([file('src/a.ts', bad.join('\n'))]).length, bad.length);
  });

  it('deadFiles: a file that nobody imports is found, a worker entry is not', () => {
    const user = file('bin/x.ts', "import { a } from '../src/a.ts';\n");
    const a = file('src/a.ts', "new Worker(new URL('./w.js', import.meta.url));\n");
    const dead = deadFiles([user, a, file('src/w.ts', ''), file('src/b.ts', '')]);
    assert.deepEqual(dead, ['src/b.ts']);
  });

  it('unmatchedInvariants: an id on one side only is found', () => {
    const readme = file('src/wal/README.md', 'WAL-I1 and WAL-I2');
    const tests = file('test/unit/wal/a.test.ts', "it('WAL-I1', …); it('WAL-I9', …)");
    assert.deepEqual(unmatchedInvariants([readme], [tests]), [
      'WAL-I2: no test names it',
      'WAL-I9: no README states it',
    ]);
  });

  it('untestedBounds: a bound no test mentions is found', () => {
    const bounds = file('src/a.ts', 'export const queueMax = 5;\nexport const otherMax = 6;\n');
    assert.equal(untestedBounds([bounds], [file('test/a.ts', 'queueMax')]).length, 1);
  });
});
