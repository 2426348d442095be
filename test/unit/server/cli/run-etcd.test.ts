import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CommandHost, StopSignal } from '../../../../src/server/cli/command-host.ts';
import {
  type RunningServer,
  runEtcd,
  STOP_MS_MAX,
  type StartServer,
} from '../../../../src/server/cli/run-etcd.ts';
import { FLAG_NAMES } from '../../../../src/server/config/flag-table.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import { sourcesOf } from '../../../support/config-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-cli-'));
after(() => rmSync(folder, { recursive: true }));

const NEVER = new Promise<never>(() => {});
let logs = 0;

interface Trial {
  readonly host: CommandHost;
  readonly out: () => string;
  readonly err: () => string;
  /** Messages of the log that the configuration asks for. */
  readonly log: () => { level: string; msg: string; error?: string }[];
}

function trial(argv: readonly string[], signal: Promise<StopSignal> = NEVER): Trial {
  const path = join(folder, `${(logs += 1)}.log`);
  let out = '';
  let err = '';
  const host: CommandHost = {
    ...sourcesOf({}),
    argv,
    print: (text) => void (out += text),
    printError: (text) => void (err += text),
    stopSignal: () => signal,
    sleep: (ms) => (ms === STOP_MS_MAX ? Promise.resolve() : NEVER),
    notify: undefined,
    onCrash: () => {},
  };
  const log = (): ReturnType<Trial['log']> =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return {
    host: { ...host, argv: argv.includes('run') ? ['--name=m', '--log-outputs', path] : argv },
    out: () => out,
    err: () => err,
    log,
  };
}

const unexpected: StartServer = () => assert.fail('the server must not start');

function starting(server: Partial<RunningServer>): StartServer {
  return () => Promise.resolve({ failed: NEVER, stop: () => Promise.resolve(), ...server });
}

describe('run-etcd: before a server', () => {
  it('--version', async () => {
    const { host, out } = trial(['--version', '--name', 'x']);
    assert.deepEqual(await runEtcd(host, unexpected), { code: 0 });
    assert.match(out(), /^etcd Version: 3\.6\.14\n/);
  });

  it('--help names every flag, on stdout', async () => {
    const { host, out } = trial(['-h']);
    assert.deepEqual(await runEtcd(host, unexpected), { code: 0 });
    for (const name of FLAG_NAMES) assert.ok(out().includes(`  --${name} `), name);
    assert.match(out(), /etcd-ts grpc-proxy/);
  });

  it('an unknown flag -> its text and usage on stderr, code 2', async () => {
    const { host, out, err } = trial(['-x']);
    assert.deepEqual(await runEtcd(host, unexpected), { code: 2 });
    assert.match(err(), /^flag provided but not defined: -x\nUsage: etcd-ts \[flags\]\n/);
    assert.equal(out(), '');
  });

  const fatal: readonly (readonly [readonly string[], string])[] = [
    [['foo'], '"foo" is not a valid flag'],
    [['--version', 'foo'], '"foo" is not a valid flag'],
    [['--heartbeat-interval', '0'], '--heartbeat-interval must be >0 (set to 0ms)'],
    [['--auth-token=jwt'], 'refused to start with --auth-token (only simple tokens are built yet)'],
    [
      ['--log-outputs', '/no/such/folder/x'],
      'open sink "/no/such/folder/x": ' +
        "ENOENT: no such file or directory, open '/no/such/folder/x'",
    ],
  ];
  for (const [argv, error] of fatal) {
    it(`${argv.join(' ')} -> one fatal line on stderr, code 1`, async () => {
      const { host, err } = trial(argv);
      assert.deepEqual(await runEtcd(host, unexpected), { code: 1 });
      const line = JSON.parse(err());
      assert.equal(line.level, 'fatal');
      assert.equal(line.msg, 'failed to verify flags');
      assert.equal(line.error, error);
    });
  }

  for (const subcommand of ['gateway', 'grpc-proxy']) {
    it(`${subcommand} is known and not built`, async () => {
      const { host, err } = trial([subcommand, 'start']);
      assert.deepEqual(await runEtcd(host, unexpected), { code: 1 });
      assert.match(err(), new RegExp(`^etcd-ts ${subcommand} is not built yet`));
    });
  }
});

describe('run-etcd: with a server', () => {
  it('the server gets the configuration; the log says what was run and noticed', async () => {
    const { host, log } = trial(['run'], Promise.resolve('SIGTERM'));
    let name = '';
    await runEtcd(host, (config) => {
      name = config.name;
      return starting({})(config, assert.fail as never);
    });
    assert.equal(name, 'm');
    assert.deepEqual(
      log().map(({ msg }) => msg),
      ['Running: ', "'data-dir' was empty; using default", 'received signal; shutting down'],
    );
  });

  it('a server that cannot start -> one fatal line, code 1', async () => {
    const { host, log } = trial(['run']);
    const error = new ServerError('SERVER_START_REFUSED', 'the data directory is in use');
    assert.deepEqual(await runEtcd(host, () => Promise.reject(error)), { code: 1 });
    const { level, msg, error: text } = log().at(-1) ?? assert.fail();
    assert.deepEqual(
      [level, msg, text],
      ['fatal', 'failed to start etcd', 'the data directory is in use'],
    );
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} -> the server is stopped, and the process ends by the signal`, async () => {
      const { host } = trial(['run'], Promise.resolve(signal));
      let stopped = 0;
      const stop = (): Promise<void> => Promise.resolve(void (stopped += 1));
      assert.deepEqual(await runEtcd(host, starting({ stop })), { signal });
      assert.equal(stopped, 1);
    });
  }

  it('a server that does not stop within STOP_MS_MAX is left behind', async () => {
    const { host, log } = trial(['run'], Promise.resolve('SIGTERM'));
    assert.deepEqual(await runEtcd(host, starting({ stop: () => NEVER })), { signal: 'SIGTERM' });
    assert.equal(log().at(-1)?.msg, 'the member did not stop in time');
  });

  it('a member that is removed, starting or running -> two warnings, stopped, code 0', async () => {
    const removal = (): Promise<never> =>
      Promise.reject(new ServerError('SERVER_REMOVED', 'removed'));
    let stopped = 0;
    const stop = (): Promise<void> => Promise.resolve(void (stopped += 1));
    const running = trial(['run']);
    const start = starting({ failed: removal(), stop });
    assert.deepEqual(await runEtcd(running.host, start), { code: 0 });
    assert.equal(stopped, 1);
    const beginning = trial(['run']);
    assert.deepEqual(await runEtcd(beginning.host, removal), { code: 0 });
    for (const { log } of [running, beginning]) {
      assert.deepEqual(
        log()
          .slice(-2)
          .map(({ level, msg }) => [level, msg]),
        [
          ['warn', 'server error'],
          ['warn', 'data-dir used by this member must be removed'],
        ],
      );
    }
  });

  it('a server that fails, running or stopping -> one fatal line, code 1', async () => {
    const failure = (): Promise<never> =>
      Promise.reject(new ServerError('SERVER_STOPPED', 'fsync failed'));
    const running = trial(['run']);
    assert.deepEqual(await runEtcd(running.host, starting({ failed: failure() })), { code: 1 });
    const stopping = trial(['run'], Promise.resolve('SIGTERM'));
    assert.deepEqual(await runEtcd(stopping.host, starting({ stop: failure })), { code: 1 });
    for (const { log } of [running, stopping]) {
      const { level, error } = log().at(-1) ?? assert.fail();
      assert.deepEqual([level, error], ['fatal', 'fsync failed']);
    }
  });
});

describe('run-etcd: the service manager', () => {
  it('hears of the member when it serves and when it is told to stop', async () => {
    const { host, log } = trial(['run'], Promise.resolve('SIGTERM'));
    const told: string[] = [];
    const notify: CommandHost['notify'] = (state) => {
      told.push(state);
      return Promise.resolve({ sender: 'a program' });
    };
    await runEtcd({ ...host, notify }, (...given) => {
      told.push('started');
      return starting({ stop: async () => void told.push('stopped') })(...given);
    });
    assert.deepEqual(told, ['started', 'READY=1', 'STOPPING=1', 'stopped']);
    assert.ok(log().some(({ msg }) => msg === 'successfully notified init daemon'));
  });

  it('cannot be told -> an error line that says why, and the member goes on', async () => {
    const { host, log } = trial(['run'], Promise.resolve('SIGTERM'));
    const failures = ['systemd-notify: ENOENT', 'perl: ENOENT'];
    const notify: CommandHost['notify'] = () => Promise.resolve({ failures });
    assert.deepEqual(await runEtcd({ ...host, notify }, starting({})), { signal: 'SIGTERM' });
    const line = log().find(({ msg }) => msg === 'failed to notify systemd for readiness');
    assert.equal(line?.level, 'error');
    assert.deepEqual((line as { failures?: unknown } | undefined)?.failures, failures);
  });

  it('hears nothing of a member that does not start', async () => {
    const { host } = trial(['run']);
    const notify: CommandHost['notify'] = () => assert.fail('nothing serves');
    const start: StartServer = () => Promise.reject(new ServerError('SERVER_STOPPED', 'no'));
    assert.deepEqual(await runEtcd({ ...host, notify }, start), { code: 1 });
  });
});
