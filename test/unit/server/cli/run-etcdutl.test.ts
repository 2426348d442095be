/** The command line as etcdutl 3.6.14 has it: every text here is one of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../../support/server/etcdutl.ts';

const GLOBAL =
  '  -w, --write-out string   set the output format (fields, json, protobuf, simple, table) (default "simple")\n';

const STATUS_USAGE = `Usage:
  etcdutl-ts snapshot status <filename> [flags]

Flags:
  -h, --help   help for status

Global Flags:
${GLOBAL}`;

const VERSION = 'etcdutl version: 3.6.14\nAPI version: 3.6\n';

describe('run etcdutl: help', () => {
  for (const line of ['', '--help', '-h', 'help', 'hel', '-h version', '-- version', '-', '-ww']) {
    it(`"${line}" -> the commands, code 0`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Usage:\n {2}etcdutl-ts \[command\]\n\nAvailable Commands:\n/);
      assert.match(out, /\n {2}version {5}Prints the version of etcdutl\n/);
      assert.ok(
        out.includes(`\n\nFlags:\n  -h, --help               help for etcdutl-ts\n${GLOBAL}`),
      );
      const last = 'Use "etcdutl-ts [command] --help" for more information about a command.\n';
      assert.ok(out.endsWith(`\n\n${last}`));
    });
  }

  for (const line of ['snapshot status --help', 'help snapshot status', 'sn st x -h', 'h sn st']) {
    it(`"${line}" -> the usage of the command`, async () => {
      assert.deepEqual(await run(line), { code: 0, out: STATUS_USAGE, err: '' });
    });
  }

  for (const line of ['snapshot', 'snapshot nope', 'snapshot help', 'help snapshot nope', 's']) {
    it(`"${line}" -> the usage of the group, code 0`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Usage:\n {2}etcdutl-ts snapshot \[command\]\n/);
    });
  }

  it('help of help', async () => {
    const { out } = await run('help --help');
    assert.match(
      out,
      /^Usage:\n {2}etcdutl-ts help \[command\] \[flags\]\n\nFlags:\n {2}-h, --help /,
    );
  });

  it('an unknown topic -> says so, code 0', async () => {
    const { code, out, err } = await run('help nope x');
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /^Unknown help topic \[`nope` `x`\]\nUsage:\n {2}etcdutl-ts \[command\]\n/);
    assert.doesNotMatch(err, /-h, --help/);
  });
});

describe('run etcdutl: what cannot be read', () => {
  it('an unknown command -> code 1, said twice', async () => {
    const error = 'Error: unknown command "nope" for "etcdutl-ts"\n';
    const err = `${error}Run 'etcdutl-ts --help' for usage.\n${error}`;
    assert.deepEqual(await run('nope snapshot'), { code: 1, out: '', err });
  });

  for (const word of ['snapsht', 'Snapshot', 'SNAP']) {
    it(`"${word}" -> what may have been meant`, async () => {
      const { err } = await run(word);
      const error = `Error: unknown command "${word}" for "etcdutl-ts"\n\nDid you mean this?\n\tsnapshot\n\n`;
      assert.equal(err, `${error}Run 'etcdutl-ts --help' for usage.\n${error}`);
    });
  }

  for (const [line, text] of [
    ['snapshot status --nope', 'unknown flag: --nope'],
    ['snapshot status -x', "unknown shorthand flag: 'x' in -x"],
    ['snapshot status -rev 3', "unknown shorthand flag: 'r' in -rev"],
    ['snapshot status --write-out', 'flag needs an argument: --write-out'],
    ['snapshot status -w', "flag needs an argument: 'w' in -w"],
    ['snapshot status --=x', 'bad flag syntax: --=x'],
    [
      'snapshot status --help=maybe',
      'invalid argument "maybe" for "-h, --help" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
  ] as const) {
    it(`"${line}" -> ${text}`, async () => {
      const error = `Error: ${text}\n`;
      const err = `${error}${STATUS_USAGE}\n${error}`;
      assert.deepEqual(await run(line), { code: 1, out: '', err });
    });
  }
});

describe('run etcdutl: commands', () => {
  for (const line of [
    'version',
    'ver',
    'version a b',
    '-w xx version',
    '-wjson version',
    'version -- -x',
  ]) {
    it(`"${line}" -> the version`, async () => {
      assert.deepEqual(await run(line), { code: 0, out: VERSION, err: '' });
    });
  }

  for (const line of ['snapshot status', 'snapshot status a b']) {
    it(`"${line}" -> code 128`, async () => {
      const err = 'Error: snapshot status requires exactly one argument\n';
      assert.deepEqual(await run(line), { code: 128, out: '', err });
    });
  }

  it('a missing file -> code 1', async () => {
    const err = 'Error: stat x: no such file or directory\n';
    assert.deepEqual(await run('snapshot -w=xx status x'), { code: 1, out: '', err });
  });
});
