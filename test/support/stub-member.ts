/**
 * The `etcd-ts` program around a member that does nothing, for tests of how processes end. What
 * the member does is named by STUB: `run`, `hang` (it never stops) or `crash`.
 */
import { assert } from '../../src/base/assert.ts';
import { endProcess, processHost } from '../../src/server/cli/command-host.ts';
import { runEtcd } from '../../src/server/cli/run-etcd.ts';

const KEEP_ALIVE_MS = 60_000;

const ending = await runEtcd(processHost(), (_, logger) => {
  setTimeout(() => {}, KEEP_ALIVE_MS);
  const behaviour = process.env['STUB'];
  if (behaviour === 'crash') setImmediate(() => assert(false, 'a broken invariant'));
  // Logged once the program listens for signals, which is behind the start of its member.
  setImmediate(() => logger.info('serving'));
  const stop = (): Promise<void> =>
    behaviour === 'hang' ? new Promise(() => logger.info('stopping')) : Promise.resolve();
  return Promise.resolve({ failed: new Promise<never>(() => {}), stop });
});
endProcess(ending);
