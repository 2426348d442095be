/** The command line as etcdutl 3.6.14 has it: every text here is one of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';
import { writtenInPlace } from '../../../support/bbolt/bbolt-files.ts';
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

  for (const line of [
    'snapshot status --help',
    'help snapshot status',
    'sn st x -h',
    'hel sn st',
  ]) {
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

  it('status and hashkv in every format', async () => {
    const files = new MemoryFileSystem();
    files.open('/db', 'create').write(writtenInPlace({ key: {}, meta: {} }), 0);
    const printed = async (command: string, format: string): Promise<string> => {
      const { code, out, err } = await run(`${command} /db -w ${format}`, { files });
      assert.deepEqual([code, err], [0, '']);
      return out;
    };
    assert.equal(await printed('snapshot status', 'simple'), 'd102f6ec, 0, 0, 12 kB, \n');
    assert.equal(
      await printed('snapshot status', 'fields'),
      '"Hash" : 3506632428\n"Revision" : 0\n"Keys" : 0\n"Size" : 12288\n"Version" : \n',
    );
    assert.equal(
      await printed('snapshot status', 'json'),
      '{"hash":3506632428,"revision":0,"totalKey":0,"totalSize":12288,"version":""}\n',
    );
    assert.equal(await printed('hashkv', 'simple'), '1084519789, 1, -1\n');
    assert.equal(
      await printed('hashkv', 'json'),
      '{"hash":1084519789,"hashRevision":1,"compactRevision":-1}\n',
    );
    assert.equal(
      await printed('hashkv', 'table'),
      `+------------+---------------+------------------+
|    HASH    | HASH REVISION | COMPACT REVISION |
+------------+---------------+------------------+
| 1084519789 |             1 |               -1 |
+------------+---------------+------------------+
`,
    );
    for (const command of ['snapshot status', 'hashkv']) {
      assert.deepEqual(await run(`${command} /db -w protobuf`, { files }), {
        code: 4,
        out: '',
        err: 'Error: protobuf not supported as output format\n',
      });
      const { code, err } = await run(`${command} /db -w yaml`, { files });
      assert.deepEqual([code, err], [4, 'Error: unsupported output format\n']);
    }
  });

  it('a file that is no database -> says what is wrong, code 1', async () => {
    const files = new MemoryFileSystem();
    files.open('/db', 'create').write(writtenInPlace({ key: {} }).subarray(0, 9000), 0);
    for (const command of ['snapshot status', 'hashkv']) {
      const { code, err } = await run(`${command} /db`, { files });
      const text = 'invalid database: 9000 bytes where the meta page counts 12288';
      assert.deepEqual([code, err], [1, `Error: ${text}\n`]);
    }
  });

  for (const [line, text] of [
    [
      'hashkv --rev abc x',
      'invalid argument "abc" for "--rev" flag: strconv.ParseInt: parsing "abc": invalid syntax',
    ],
    [
      'hashkv --rev 9223372036854775808 x',
      'invalid argument "9223372036854775808" for "--rev" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    ['hashkv', 'accepts 1 arg(s), received 0'],
    ['hashkv a b', 'accepts 1 arg(s), received 2'],
    ['defrag x', 'required flag(s) "data-dir" not set'],
    ['completion', 'accepts 1 arg(s), received 0'],
    ['completion nope', 'invalid argument "nope" for "etcdutl-ts completion"'],
    [
      'snapshot restore x --bump-revision=-1',
      'invalid argument "-1" for "--bump-revision" flag: strconv.ParseUint: parsing "-1": invalid syntax',
    ],
  ] as const) {
    it(`"${line}" -> ${text}`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, out], [1, '']);
      const error = `Error: ${text}\n`;
      assert.ok(err.startsWith(`${error}Usage:\n`) && err.endsWith(`\n\n${error}`), err);
    });
  }

  for (const [line, code, text] of [
    ['snapshot restore', 128, 'snapshot restore requires exactly one argument'],
    [
      'snapshot restore x --bump-revision 5',
      128,
      '--mark-compacted required if --revision-bump > 0',
    ],
    [
      'snapshot restore x --mark-compacted',
      128,
      '--mark-compacted required if --revision-bump > 0',
    ],
    [
      'snapshot restore x --name foo',
      1,
      'couldn\'t find local name "foo" in the initial cluster configuration',
    ],
    [
      'snapshot restore x --initial-cluster foo',
      1,
      'URL scheme must be http, https, unix, or unixs: ',
    ],
    [
      'snapshot restore x --initial-advertise-peer-urls zzz',
      1,
      'URL scheme must be http, https, unix, or unixs: zzz',
    ],
    ['hashkv x', 1, 'stat x: no such file or directory'],
    [
      'defrag --data-dir=',
      1,
      'Failed to defragment etcd data[] (stat member/snap/db: no such file or directory)',
    ],
    [
      'defrag --data-dir x/',
      1,
      'Failed to defragment etcd data[x/] (stat x/member/snap/db: no such file or directory)',
    ],
  ] as const) {
    it(`"${line}" -> ${text}, code ${code}`, async () => {
      assert.deepEqual(await run(line), { code, out: '', err: `Error: ${text}\n` });
    });
  }

  it('restore of a file that is not there -> a log line, then the error', async () => {
    const { code, err } = await run('snapshot restore x --wal-dir w --data-dir=d');
    assert.equal(code, 1);
    const fields =
      '{"path": "x", "wal-dir": "w", "data-dir": "d", "snap-dir": "d/member/snap", "initial-memory-map-size": 10737418240}';
    const [line = '', error = ''] = err.split('\n');
    assert.match(
      line,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)\tinfo\tetcdutl-ts\trestoring snapshot\t/,
    );
    assert.ok(line.endsWith(`\t${fields}`), line);
    assert.match(error, /^Error: open x: /);
  });

  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    it(`completion ${shell} -> a script with every command and flag`, async () => {
      const { code, out } = await run(`completion ${shell}`);
      assert.equal(code, 0);
      for (const word of ['etcdutl-ts', 'snapshot restore', '--bump-revision', '--write-out']) {
        assert.ok(out.includes(word), word);
      }
    });
  }
});
