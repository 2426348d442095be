/** `migrate`, `backup`, `check` and `snapshot save`, by their command lines. Texts are etcdutl's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OfflinePorts } from '../../../../../src/server/offline/ports.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { run } from '../../../../support/server/etcdutl.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

async function stopped(): Promise<SimDisks> {
  const sim = await busyMember();
  await sim.stop();
  return sim.disks;
}

const portsOf = (disks: SimDisks): Partial<OfflinePorts> => stoppedPorts(disks);

describe('etcdutl-ts migrate', () => {
  it('a version that there is not -> the text and code of etcdutl', async () => {
    for (const [version, text] of [
      ['3', 'wrong target version format, expected "X.Y", got "3"'],
      ['3.5.0', 'wrong target version format, expected "X.Y", got "3.5.0"'],
      ['x.y', 'failed to parse target version: strconv.ParseInt: parsing "x": invalid syntax'],
      ['3.4', 'target version "3.4" not supported. Minimal "3.5"'],
    ] as const) {
      const ran = await run(`migrate --data-dir /data --target-version ${version}`);
      assert.deepEqual(ran, { code: 128, out: '', err: `Error: ${text}\n` });
    }
  });

  it('no data -> the text of etcdutl', async () => {
    const ran = await run('migrate --data-dir /none --target-version 3.6');
    const err = 'Error: stat /none/member/snap/db: no such file or directory\n';
    assert.deepEqual(ran, { code: 1, out: '', err });
  });

  it('one of ours, then again, down, up and too far -> the log and the texts of etcdutl', async () => {
    const ports = portsOf(await stopped());
    const migrate = async (words: string): Promise<[number, string]> => {
      const { code, err } = await run(`migrate --data-dir /data --target-version ${words}`, ports);
      return [code, err.replaceAll(/^\S+Z\t(\w+)\t\S+\t/gm, '$1 ')];
    };
    const [code, log] = await migrate('3.6');
    assert.equal(code, 0);
    assert.match(log, /info updated storage version\t\{"new-storage-version": "3\.6\.0"\}\n$/);
    for (const [words, expected] of [
      ['3.6', [0, 'info storage version up-to-date\t{"storage-version": "3.6"}\n']],
      ['3.5', [0, 'info updated storage version\t{"new-storage-version": "3.5.0"}\n']],
      ['3.5', [0, 'info storage version up-to-date\t{"storage-version": "3.5"}\n']],
      ['3.7', [1, 'Error: cannot create migration plan: version "3.7.0" is not supported\n']],
      [
        '4.0',
        [
          1,
          'Error: cannot create migration plan: changing major storage version is not supported\n',
        ],
      ],
    ] as const) {
      assert.deepEqual(await migrate(words), expected);
    }
    const [forced, forcedLog] = await migrate('3.7 --force');
    assert.equal(forced, 0);
    assert.match(forcedLog, /info normal migrate failed, trying with force/);
    assert.match(forcedLog, /warn forcefully set storage version\t\{"storage-version": "3\.7"\}/);
    const [, tooNew] = await migrate('3.6');
    assert.match(tooNew, /version "3\.7\.0" is not supported/);
  });
});

describe('etcdutl-ts check', () => {
  it('sound -> 0 and a report, as text or JSON', async () => {
    const ports = portsOf(await stopped());
    const text = await run('check --data-dir /data', ports);
    assert.equal(text.code, 0);
    assert.match(text.out, /^\/data: layout of etcd-ts\n.*\nok\n$/s);
    const json = await run('check --data-dir /data -w json', ports);
    assert.equal((JSON.parse(json.out) as { ok: boolean }).ok, true);
    const table = await run('check --data-dir /data -w table', ports);
    assert.deepEqual([table.code, table.err], [4, 'Error: unsupported output format\n']);
  });

  it('damaged -> 1, and what is wrong', async () => {
    const disks = await stopped();
    disks.files.removeTree(PATHS.wal);
    const ran = await run('check --data-dir /data', portsOf(disks));
    assert.equal(ran.code, 1);
    assert.match(ran.out, /WRONG: \/data\/member\/wal: wal: file not found\n1 thing is wrong\n$/);
    assert.equal(ran.err, 'Error: /data is not sound\n');
  });

  it('in use -> refused', async () => {
    const disks = await stopped();
    const backend = await disks.openFolder(`${PATHS.kv}/1`, 'existing');
    const ran = await run('check --data-dir /data', portsOf(disks));
    assert.equal(ran.code, 1);
    assert.equal(ran.out, '');
    await backend.close();
  });

  it('v2store -> what etcdutl says', async () => {
    const ran = await run('check v2store --data-dir /data', portsOf(await stopped()));
    const out = 'No custom content found in both v2store and WAL records.\n';
    assert.deepEqual(ran, { code: 0, out, err: '' });
    assert.equal((await run('check v2store --data-dir /none')).code, 0);
  });
});

describe('etcdutl-ts backup and snapshot save', () => {
  it('one of ours -> a copy that is sound, and none over another', async () => {
    const ports = portsOf(await stopped());
    const line = 'backup --data-dir /data --backup-dir /copy';
    assert.deepEqual(await run(line, ports), { code: 0, out: '', err: '' });
    assert.equal((await run('check --data-dir /copy', ports)).code, 0);
    assert.equal((await run(line, ports)).code, 1);
    assert.equal((await run('backup --data-dir /data', ports)).code, 1);
  });

  it('a snapshot file -> etcdutl-ts snapshot status reads it', async () => {
    const ports = portsOf(await stopped());
    const ran = await run('snapshot save /data/saved.db --data-dir /data', ports);
    assert.deepEqual([ran.code, ran.out], [0, 'Snapshot saved at /data/saved.db\n']);
    const status = await run('snapshot status /data/saved.db -w json', ports);
    assert.equal((JSON.parse(status.out) as { revision: number }).revision, 53);
  });
});
