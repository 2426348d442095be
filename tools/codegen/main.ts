/**
 * Writes src/pb/generated from proto/. With `--check` it writes nothing, and fails when what is
 * there is not what it would write.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitIndex, emitModule, moduleName } from './emit-module.ts';
import { readSchemas } from './schema.ts';

const PROTO_FOLDER = 'proto';
const OUTPUT_FOLDER = join('src', 'pb', 'generated');

function generate(): Map<string, string> {
  const files = readdirSync(PROTO_FOLDER).filter((name) => name.endsWith('.proto'));
  const schemas = readSchemas(PROTO_FOLDER, files.toSorted());
  const modules = new Map<string, string>();
  for (const schema of schemas) modules.set(moduleName(schema.file), emitModule(schema));
  modules.set('index.ts', emitIndex(schemas));
  return modules;
}

function write(modules: ReadonlyMap<string, string>): void {
  mkdirSync(OUTPUT_FOLDER, { recursive: true });
  for (const name of readdirSync(OUTPUT_FOLDER)) {
    if (!modules.has(name)) rmSync(join(OUTPUT_FOLDER, name));
  }
  for (const [name, text] of modules) writeFileSync(join(OUTPUT_FOLDER, name), text);
}

/** Names of the files that differ from what would be written. */
function differences(modules: ReadonlyMap<string, string>): string[] {
  const present = new Set(readdirSync(OUTPUT_FOLDER));
  const stale = [...present].filter((name) => !modules.has(name));
  const changed = [...modules.keys()].filter(
    (name) =>
      !present.has(name) || readFileSync(join(OUTPUT_FOLDER, name), 'utf8') !== modules.get(name),
  );
  return [...stale, ...changed];
}

const modules = generate();
if (process.argv.includes('--check')) {
  const different = differences(modules);
  if (different.length > 0) {
    console.error(`not as proto/ says: ${different.join(', ')}; run npm run generate`);
    process.exitCode = 1;
  }
} else {
  write(modules);
}
