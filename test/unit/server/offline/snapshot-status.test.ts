import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latin1 } from '../../../../src/base/bytes.ts';
import type { BboltError } from '../../../../src/bbolt/index.ts';
import { revisionKey } from '../../../../src/mvcc/index.ts';
import { KeyValue } from '../../../../src/pb/index.ts';
import { checkFile, snapshotStatus } from '../../../../src/server/offline/snapshot-status.ts';
import { open, writtenInPlace } from '../../../support/bbolt/bbolt-files.ts';
import { golden } from '../../../support/bbolt/golden.ts';

const rowKey = (main: number, isTombstone = false): string =>
  latin1(revisionKey(main, 0, isTombstone));
const row = (key: string): string =>
  latin1(KeyValue.encode(KeyValue.create({ key: Uint8Array.from(Buffer.from(key)) })));

describe('snapshot status', () => {
  it('a file of real etcd -> what etcdutl 3.6.14 tells', async () => {
    assert.deepEqual(await snapshotStatus(open(golden('etcd-3.6.14.db'))), {
      hash: 3302809253,
      revision: 758,
      keys: 483,
      sizeBytes: 200704,
      version: '3.6.0',
    });
  });

  it('keys -> those that are there at the end', async () => {
    const key = {
      [rowKey(2)]: row('a'),
      [rowKey(3)]: row('b'),
      [rowKey(4)]: row('a'),
      [rowKey(5, true)]: row('b'),
      [rowKey(6, true)]: row('never'),
      [rowKey(7)]: row('c'),
      [rowKey(8, true)]: row('c'),
      [rowKey(9)]: row('c'),
    };
    const { keys, revision, version } = await snapshotStatus(open(writtenInPlace({ key })));
    assert.deepEqual({ keys, revision, version }, { keys: 2, revision: 9, version: '' });
  });

  it('nothing -> zeros', async () => {
    const status = await snapshotStatus(open(writtenInPlace({})));
    assert.deepEqual(status, { hash: 0, revision: 0, keys: 0, sizeBytes: 12288, version: '' });
  });

  it('a row that is no KeyValue -> BACKEND_CORRUPT with its revision', async () => {
    const file = open(writtenInPlace({ key: { [rowKey(3)]: '\xff' } }));
    await assert.rejects(snapshotStatus(file), {
      code: 'BACKEND_CORRUPT',
      message: /^the row of revision 3\/0 is no KeyValue: /,
    });
  });

  it('check: a page in use twice -> refused', () => {
    const bytes = golden('etcd-3.6.14.db');
    checkFile(open(bytes));
    // The second page of a long row counts as a page of its own.
    bytes.fill(0, 5 * 4096, 40 * 4096);
    assert.throws(
      () => checkFile(open(bytes)),
      ({ code }: BboltError) => code.startsWith('BBOLT_'),
    );
  });
});
