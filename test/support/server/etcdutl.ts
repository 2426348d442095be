/** Runs `etcdutl-ts` in this process, on files in memory. */
import assert from 'node:assert/strict';
import { runEtcdutl } from '../../../src/server/cli/run-etcdutl.ts';
import type { OfflinePorts } from '../../../src/server/offline/ports.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Words are separated by single blanks. */
export async function run(line: string, ports: Partial<OfflinePorts> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const ending = await runEtcdutl(
    {
      argv: line === '' ? [] : line.split(' '),
      print: (text) => void (out += text),
      printError: (text) => void (err += text),
    },
    {
      files: new MemoryFileSystem(),
      locks: { lockedByOthers: () => [] },
      openBackend: () => assert.fail(),
      yieldTurn: () => Promise.resolve(),
      openState: () => assert.fail(),
      names: {
        address: () => assert.fail(),
        services: () => assert.fail(),
        pause: () => assert.fail(),
      },
      clock: { monotonicMs: () => 0, wallMs: () => 0 },
      ...ports,
    },
  );
  assert.ok('code' in ending);
  return { code: ending.code, out, err };
}
