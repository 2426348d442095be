/** Recordings of real members in `test/golden/rafthttp`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type RecordingName = 'msgapp' | 'message' | 'pipeline' | 'snapshot' | 'probing';

export interface Recording {
  readonly requestHead: readonly string[];
  readonly requestBody: Uint8Array;
  readonly answerHead: readonly string[];
  readonly answerBody: Uint8Array;
}

// Compiled tests lie in a folder of their own; recordings stay in the source tree.
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

export function recording(name: RecordingName): Recording {
  const path = join(ROOT, 'test', 'golden', 'rafthttp', `${name}.txt`);
  const lines = readFileSync(path, 'utf8').split('\n');
  const marked = (mark: string): string[] =>
    lines.filter((line) => line.startsWith(`${mark} `)).map((line) => line.slice(mark.length + 1));
  const bytes = (mark: string): Uint8Array => Buffer.from(marked(mark).join(''), 'hex');
  return {
    requestHead: marked('>'),
    requestBody: bytes('>>'),
    answerHead: marked('<'),
    answerBody: bytes('<<'),
  };
}
