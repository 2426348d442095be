import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processHost } from '../../../../src/server/cli/command-host.ts';

const PROGRAM = join(import.meta.dirname, '../../../support/stub-member.js');

interface Member {
  readonly child: ChildProcess;
  /** Resolves when the log has `text`. */
  readonly logged: (text: string) => Promise<string>;
  readonly ended: Promise<unknown[]>;
}

function start(behaviour: 'run' | 'hang' | 'crash'): Member {
  const child = spawn(process.execPath, [PROGRAM, '--name=m'], {
    env: { ...process.env, STUB: behaviour },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString();
    child.emit('log');
  });
  const logged = async (text: string): Promise<string> => {
    while (!log.includes(text)) await once(child, 'log');
    return log;
  };
  return { child, logged, ended: once(child, 'close') };
}

describe('command-host: a process', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} -> it stops its member and dies of the signal, as etcd does`, async () => {
      const { child, logged, ended } = start('run');
      await logged('"msg":"serving"');
      child.kill(signal);
      await logged(`"msg":"received signal; shutting down","signal":"${signal}"`);
      assert.deepEqual(await ended, [null, signal]);
    });
  }

  it('a second signal, of either kind, ends a member that is stopping', async () => {
    const { child, logged, ended } = start('hang');
    await logged('"msg":"serving"');
    child.kill('SIGTERM');
    await logged('"msg":"stopping"');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [null, 'SIGINT']);
  });

  it('what nobody catches -> a fatal line with the stack, and a code that is not 0', async () => {
    const { logged, ended } = start('crash');
    assert.deepEqual(await ended, [2, null]);
    const log = await logged('"level":"fatal"');
    assert.match(log, /"error":"a broken invariant","stacktrace":"InvariantError: /);
  });
});

describe('command-host: the service manager', () => {
  it('its socket is taken out of the environment, where other programs would find it', () => {
    process.env['NOTIFY_SOCKET'] = '/run/x';
    assert.equal(typeof processHost().notify, 'function');
    assert.equal(process.env['NOTIFY_SOCKET'], undefined);
    assert.equal(processHost().notify, undefined);
  });
});
