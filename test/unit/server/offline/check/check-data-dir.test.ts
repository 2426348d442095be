import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1 } from '../../../../../src/base/bytes.ts';
import { Bucket } from '../../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../../src/base/utf8.ts';
import { revisionKey } from '../../../../../src/mvcc/index.ts';
import { KeyValue, Lease } from '../../../../../src/pb/index.ts';
import {
  type CheckReport,
  checkDataDir,
} from '../../../../../src/server/offline/check/check-data-dir.ts';
import { FINDINGS_MAX, Findings } from '../../../../../src/server/offline/check/findings.ts';
import { reportJson, reportText } from '../../../../../src/server/offline/check/print-report.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { written } from '../../../../support/server/requests.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

function check(disks: SimDisks): Promise<CheckReport> {
  const noWait = (): Promise<void> => Promise.resolve();
  const ports = { ...stoppedPorts(disks), yieldTurn: noWait, onProgress: () => undefined };
  return checkDataDir(PATHS, ports);
}

async function stopped(): Promise<SimDisks> {
  const sim = await busyMember();
  await sim.stop();
  return sim.disks;
}

interface PlantedRow {
  readonly bucket: Bucket;
  readonly key: Uint8Array;
  /** Undefined removes the row. */
  readonly value: Uint8Array | undefined;
}

async function plant(disks: SimDisks, { bucket, key, value }: PlantedRow): Promise<void> {
  const backend = await disks.openFolder(`${PATHS.kv}/1`, 'existing');
  const batch = backend.batch();
  if (value === undefined) batch.remove(bucket, key);
  else batch.put(bucket, key, value);
  await batch.commit();
  await backend.close();
}

const kv = (fields: Partial<KeyValue>): Uint8Array =>
  KeyValue.encode(KeyValue.create({ key: utf8Bytes('late-9'), ...fields }));

/** The last revision is 53: the first and only version of `late-9`. */
const LAST = revisionKey(53, 0);

/** What is planted, and what has to be said of it. */
const ROWS: readonly (PlantedRow & { readonly finds: RegExp })[] = [
  {
    bucket: Bucket.key,
    key: revisionKey(50, 0),
    value: undefined,
    finds: /key: revision 50 is missing before revision 51/,
  },
  { bucket: Bucket.key, key: LAST, value: Uint8Array.of(0xff), finds: /key\/53_0: not a key and/ },
  {
    bucket: Bucket.key,
    key: LAST,
    value: kv({ modRevision: 52, version: 1 }),
    finds: /key\/53_0: a value of revision 52, of key "late-9"/,
  },
  {
    bucket: Bucket.key,
    key: LAST,
    value: kv({ modRevision: 53, createRevision: 53, version: 2 }),
    finds: /version 2, created at 53, where version 1, created at 53, comes next/,
  },
  {
    bucket: Bucket.key,
    key: revisionKey(53, 1, true),
    value: KeyValue.encode(KeyValue.create({ key: utf8Bytes('nobody') })),
    finds: /key\/53_1: the deletion of a key that is not there, of key "nobody"/,
  },
  {
    bucket: Bucket.key,
    key: utf8Bytes('no revision'),
    value: kv({}),
    finds: /key\/6e6f20[0-9a-f]+: not a revision: 11 bytes/,
  },
  {
    bucket: Bucket.lease,
    key: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9),
    value: Lease.encode(Lease.create({ ID: 8n, TTL: 60 })),
    finds: /lease\/0000000000000009: it is lease 8/,
  },
  {
    bucket: Bucket.alarm,
    key: Uint8Array.of(0x10, 9),
    value: new Uint8Array(0),
    finds: /alarm\/1009: no alarm of type 9/,
  },
  {
    bucket: Bucket.members,
    key: utf8Bytes('abc'),
    value: utf8Bytes('{"id":1}'),
    finds: /members\/abc: it is member 1/,
  },
  {
    bucket: Bucket.cluster,
    key: utf8Bytes('clusterVersion'),
    value: utf8Bytes('3.x'),
    finds: /cluster\/clusterVersion: not a version: "3.x"/,
  },
  {
    bucket: Bucket.cluster,
    key: utf8Bytes('clusterVersion'),
    value: utf8Bytes('3.9.0'),
    finds: /cluster\/clusterVersion: invalid downgrade/,
  },
  {
    bucket: Bucket.meta,
    key: utf8Bytes('consistent_index'),
    value: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0),
    finds: /meta\/consistent_index: the backend holds entry 256, but the log ends at entry/,
  },
  {
    bucket: Bucket.meta,
    key: utf8Bytes('consistent_index'),
    value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
    finds:
      /meta\/consistent_index: the log begins behind entry 31, but the backend ends at entry 1/,
  },
  {
    bucket: Bucket.meta,
    key: utf8Bytes('term'),
    value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7),
    finds: /meta\/term: entry 58 is of term 2 in the log, of term 7 in the state/,
  },
  {
    bucket: Bucket.own,
    key: fromLatin1('batch-token/\0\0\0\0\0\0\0\0'),
    value: undefined,
    finds: /member\/kv: the state is incomplete: of its \d+ batches, number 1 is missing/,
  },
];

describe('check of a data directory', () => {
  it('CHECK-I1: a member that was stopped, or killed, or lost its power -> nothing is wrong', async () => {
    assert.deepEqual((await check(await stopped())).findings.wrong, []);
    for (const how of ['kill', 'power'] as const) {
      const sim = await busyMember();
      sim.crash(how);
      assert.deepEqual((await check(sim.disks)).findings.wrong, []);
    }
  });

  it('CHECK-I3: a damaged row -> named', async () => {
    const sound = await stopped();
    for (const row of ROWS) {
      const disks = sound.afterProcessDeath();
      await plant(disks, row);
      assert.match(reportText(await check(disks)), row.finds);
    }
  });

  it('CHECK-I3: a byte of a segment, of a snapshot -> its file, and where in it', async () => {
    const sound = await stopped();
    const newest = (folder: string, end: string): string =>
      `${folder}/${sound.files.list(folder).findLast((name) => name.endsWith(end))}`;
    for (const [path, finds] of [
      [newest(PATHS.wal, '.wal'), /crc mismatch.*in file '[0-9a-f-]+\.wal' at position: \d+/],
      [newest(PATHS.snapshots, '.snap'), /\.snap: snap: crc mismatch/],
    ] as const) {
      const disks = sound.afterProcessDeath();
      const file = disks.files.open(path, 'write');
      file.write(utf8Bytes('?'), 200);
      file.close();
      assert.match(reportText(await check(disks)), finds);
    }
  });

  it('an interrupted write that the state does not have -> a note; one that it has -> wrong', async () => {
    for (const holds of [true, false]) {
      const sim = await busyMember(2);
      sim.holdsCommits = holds;
      await written(sim, 'last', 'x'.repeat(100));
      if (!holds) await sim.pass(1000);
      sim.crash('kill');
      const path = `${PATHS.wal}/${sim.files.list(PATHS.wal).findLast((name) => name.endsWith('.wal'))}`;
      const end = sim.files.readFile(path).findLastIndex((byte) => byte !== 0);
      const file = sim.files.open(path, 'write');
      // Behind the entry there are up to two commit indexes: one came with it, one with a tick.
      file.truncate(end - 100);
      file.close();
      const text = reportText(await check(sim.disks));
      if (holds)
        assert.match(text, /note: .*\.wal: the last write, at \d+, was interrupted;.*\nok\n$/s);
      else
        assert.match(
          text,
          /WRONG: meta\/consistent_index: the backend holds entry \d+, but the log/,
        );
    }
  });

  it('a report -> as text and as JSON', async () => {
    const report = await check(await stopped());
    assert.match(reportText(report), /\nstate: entry 58, revision 53, 22 keys, 45 rows.*\nok\n$/);
    const json = JSON.parse(reportJson(report)) as Record<string, unknown>;
    assert.equal(json['ok'], true);
    assert.equal(json['layout'], 'etcd-ts');
  });

  it('no data -> refused', async () => {
    const sim = await busyMember();
    await sim.stop();
    sim.files.removeTree(PATHS.kv);
    await assert.rejects(check(sim.disks), { code: 'OFFLINE_REFUSED' });
  });
});

describe('findings', () => {
  it('more than the bound -> the first ones, and how many more', () => {
    const findings = new Findings();
    for (let n = 0; n < FINDINGS_MAX + 5; n++) findings.add(`row ${n}`, 'wrong');
    assert.equal(findings.wrong.length, FINDINGS_MAX);
    assert.equal(findings.leftOut, 5);
    assert.equal(findings.count, FINDINGS_MAX + 5);
  });
});
