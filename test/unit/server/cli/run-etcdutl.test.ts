import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandHost } from '../../../../src/server/cli/command-host.ts';
import { runEtcdutl } from '../../../../src/server/cli/run-etcdutl.ts';
import { sourcesOf } from '../../../support/config-sources.ts';

async function run(...argv: string[]): Promise<{ ending: object; out: string; err: string }> {
  let out = '';
  let err = '';
  const host: CommandHost = {
    ...sourcesOf({ argv }),
    print: (text) => void (out += text),
    printError: (text) => void (err += text),
    stopSignal: () => assert.fail(),
    sleep: () => assert.fail(),
    notify: undefined,
    onCrash: () => {},
  };
  const ending = await runEtcdutl(host);
  return { ending, out, err };
}

const COMMANDS = [
  'backup',
  'check',
  'defrag',
  'hashkv',
  'migrate',
  'snapshot restore',
  'snapshot status',
];

describe('run-etcdutl', () => {
  for (const command of COMMANDS) {
    it(`${command} -> known, not built, code 1`, async () => {
      const { ending, err } = await run(...command.split(' '), 'file', '--write-out=json');
      assert.deepEqual(ending, { code: 1 });
      assert.equal(err, `etcdutl-ts ${command} is not built yet: it comes with a later release\n`);
    });
  }

  for (const argv of [[], ['--help'], ['snapshot', '-h']]) {
    it(`${JSON.stringify(argv)} -> every command`, async () => {
      const { ending, out } = await run(...argv);
      assert.deepEqual(ending, { code: 0 });
      for (const command of COMMANDS) assert.ok(out.includes(`etcdutl-ts ${command} `), command);
    });
  }

  it('version', async () => {
    const { ending, out } = await run('version');
    assert.deepEqual(ending, { code: 0 });
    assert.equal(out, 'etcdutl version: 3.6.14\nAPI version: 3.6\n');
  });

  for (const words of ['foo', 'snapshot foo', 'snap']) {
    it(`${words} -> unknown, code 1`, async () => {
      const { ending, err } = await run(...words.split(' '));
      assert.deepEqual(ending, { code: 1 });
      assert.match(err, new RegExp(`^unknown command "${words}" for "etcdutl-ts"\n`));
    });
  }
});
