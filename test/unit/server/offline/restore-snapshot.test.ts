import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { concatBytes, latin1 } from '../../../../src/base/bytes.ts';
import { BboltFile } from '../../../../src/bbolt/index.ts';
import { revisionKey } from '../../../../src/mvcc/index.ts';
import { parseMemberUrl } from '../../../../src/server/config/member-url.ts';
import { OfflineError } from '../../../../src/server/offline/errors.ts';
import {
  type RestoreOptions,
  restoreSnapshot,
} from '../../../../src/server/offline/restore-snapshot.ts';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';
import { type Content, contentOf, open } from '../../../support/bbolt/bbolt-files.ts';
import { golden } from '../../../support/bbolt/golden.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const DB = golden('etcd-3.6.14.db');
const DIGEST = new Uint8Array(createHash('sha256').update(DB).digest());
/** Ids that etcdutl gives to these members: `8e9e05c52164694d` and `93b71e4d2422e3f2`. */
const [A, B] = ['http://localhost:2380', 'http://localhost:3380'].map(parseMemberUrl);

function options(given: Partial<RestoreOptions> = {}): RestoreOptions {
  assert.ok(A && B);
  const own = { name: 'a', peerUrls: [A] };
  return {
    path: '/snapshot.db',
    dataDir: '/data',
    walDir: undefined,
    cluster: { own, members: [{ name: 'b', peerUrls: [B] }, own] },
    token: 'etcd-cluster',
    skipsDigest: false,
    bumpsRevision: 0,
    segmentBytes: 4096,
    logFields: { path: '/snapshot.db' },
    ...given,
  };
}

function disk(snapshot: Uint8Array): MemoryFileSystem {
  const files = new MemoryFileSystem();
  const file = files.open('/snapshot.db', 'create');
  file.write(snapshot, 0);
  file.close();
  return files;
}

interface Restored {
  readonly content: Content;
  readonly logger: RecordingLogger;
}

async function restored(snapshot: Uint8Array, given?: Partial<RestoreOptions>): Promise<Restored> {
  const files = disk(snapshot);
  const logger = new RecordingLogger();
  await restoreSnapshot(options(given), { files, logger });
  const db = files.open('/data/member/snap/db', 'read');
  return { content: contentOf(BboltFile.open(db)), logger };
}

const original = contentOf(open(DB));
const u64 = (value: number): string => `\0\0\0\0\0\0\0${String.fromCharCode(value)}`;
const META = {
  ...original['meta'],
  consistent_index: u64(2),
  term: u64(1),
  confState: '{"voters":[10276657743932975437,10644009560981038066],"auto_leave":false}',
};
const MEMBERS = {
  '8e9e05c52164694d': '{"id":10276657743932975437,"peerURLs":["http://localhost:2380"],"name":"a"}',
  '93b71e4d2422e3f2': '{"id":10644009560981038066,"peerURLs":["http://localhost:3380"],"name":"b"}',
};

describe('restore snapshot', () => {
  it('with its digest -> its rows, but for members, place and voters', async () => {
    const { content, logger } = await restored(concatBytes([DB, DIGEST]));
    assert.deepEqual(content, { ...original, members: MEMBERS, members_removed: {}, meta: META });
    assert.deepEqual(
      logger.lines.map(({ message }) => message),
      [
        'restoring snapshot',
        'Trimming membership information from the backend...',
        'added member',
        'added member',
        'restored snapshot',
      ],
    );
    assert.deepEqual(logger.lines[2]?.fields, {
      'cluster-id': '48fb28b28d40c36',
      'local-member-id': '0',
      'added-peer-id': '8e9e05c52164694d',
      'added-peer-peer-urls': ['http://localhost:2380'],
      'added-peer-is-learner': false,
    });
  });

  it('bumping the revision -> a row at the new one, and a compaction that is due', async () => {
    const { content, logger } = await restored(concatBytes([DB, DIGEST]), { bumpsRevision: 1000 });
    const row = latin1(revisionKey(1758, 0));
    assert.deepEqual(content['key'], { ...original['key'], [row]: '' });
    assert.deepEqual(content['meta'], { ...META, scheduledCompactRev: row });
    assert.deepEqual(
      logger.lines.slice(2, 4).map(({ fields }) => fields),
      [
        { 'latest-revision': 758, 'bump-amount': 1000, 'new-latest-revision': 1758 },
        { revision: 1758 },
      ],
    );
  });

  it('without a digest, if that is not checked -> taken', async () => {
    const { content } = await restored(DB, { skipsDigest: true });
    assert.deepEqual(content['key'], original['key']);
  });

  it('a wrong digest, if that is not checked -> taken', async () => {
    const { content } = await restored(concatBytes([DB, new Uint8Array(32)]), {
      skipsDigest: true,
    });
    assert.deepEqual(content['key'], original['key']);
  });

  const refused = async (
    snapshot: Uint8Array,
    text: string | RegExp,
    given?: Partial<RestoreOptions>,
  ): Promise<void> => {
    const files = disk(snapshot);
    await assert.rejects(
      restoreSnapshot(options(given), { files, logger: new RecordingLogger() }),
      (error: unknown) => {
        assert.ok(error instanceof OfflineError && error.code === 'OFFLINE_REFUSED');
        assert.match(error.message, typeof text === 'string' ? new RegExp(`^${text}$`) : text);
        return true;
      },
    );
    assert.deepEqual(files.list('/'), ['snapshot.db']);
  };

  it('no digest -> refused, nothing is made', async () => {
    await refused(DB, 'snapshot missing hash but --skip-hash-check=false');
  });

  it('another digest, a changed byte -> refused with both digests', async () => {
    const wrong = `expected sha256 \\[${'0 '.repeat(31)}0\\], got \\[${DIGEST.join(' ')}\\]`;
    await refused(concatBytes([DB, new Uint8Array(32)]), wrong);
    const changed = concatBytes([DB, DIGEST]);
    changed[100_000] = (changed[100_000] ?? 0) ^ 1;
    await refused(changed, /^expected sha256 /);
  });

  it('a revision beyond what a number holds -> refused', async () => {
    const bumpsRevision = Number.MAX_SAFE_INTEGER;
    const text = 'revision 758 cannot be higher by 9007199254740991';
    await refused(concatBytes([DB, DIGEST]), text, { bumpsRevision });
  });

  it('fewer bytes than a digest has -> refused, checked or not', async () => {
    const text = 'seek /snapshot.db: invalid argument';
    await refused(DB.subarray(0, 31), text);
    await refused(DB.subarray(0, 31), text, { skipsDigest: true });
  });

  it('a folder -> refused', async () => {
    const files = disk(DB);
    files.makeDirectory('/folder');
    const ports = { files, logger: new RecordingLogger() };
    await assert.rejects(restoreSnapshot(options({ path: '/folder' }), ports), {
      message: 'read /folder: is a directory',
    });
  });

  it('cut off, unchecked -> BboltError, nothing is left', async () => {
    const files = disk(DB.subarray(0, 100_000));
    const ports = { files, logger: new RecordingLogger() };
    await assert.rejects(restoreSnapshot(options({ skipsDigest: true }), ports), {
      code: 'BBOLT_TRUNCATED',
    });
    assert.deepEqual(files.list('/'), ['snapshot.db']);
  });
});
