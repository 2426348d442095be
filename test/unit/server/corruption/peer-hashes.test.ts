import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { askPeersOver, type RemoteHashes } from '../../../../src/server/corruption/peer-hashes.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';
import { clusterOf } from '../../../support/server/hash-comparison.ts';

const HASH = { hash: 7, currentRevision: 10, compactRevision: 5, hashRevision: 10 };

describe('peer hashes', () => {
  it('each other member at its URLs in turn -> a hash, or what the last one failed with', async () => {
    const asked: string[] = [];
    const remote: RemoteHashes = {
      hashAt: (peerURL, question) => {
        assert.deepEqual(question, { cluster: 9n, revision: 10 });
        asked.push(peerURL);
        return peerURL === 'http://m2:2'
          ? Promise.resolve(HASH)
          : Promise.reject(new TypeError(`no ${peerURL}`));
      },
    };
    const logger = new RecordingLogger();
    const cluster = clusterOf(3);
    cluster.add({ id: 4n, peerURLs: [], isLearner: true, name: '', clientURLs: [] });
    const [two, three, ...more] = await askPeersOver(remote, logger)(cluster, 10);
    assert.deepEqual([two?.id, two?.hash, two?.error, more], [2n, HASH, undefined, []]);
    assert.equal(three?.hash, undefined);
    assert.match(String(three?.error), /no http:\/\/m3:2/);
    assert.deepEqual(asked.sort(), ['http://m2:1', 'http://m2:2', 'http://m3:1', 'http://m3:2']);
    assert.deepEqual(logger.lines[0], {
      level: 'warn',
      message: 'failed hash kv request',
      fields: {
        'local-member-id': '1',
        'requested-revision': 10,
        'remote-peer-endpoint': 'http://m2:1',
        error: 'no http://m2:1',
      },
    });
    assert.equal(logger.lines.length, 3);
  });

  it('a bug of ours -> is none of the peers', async () => {
    const remote = { hashAt: () => Promise.reject(new InvariantError('broken')) };
    const replies = askPeersOver(remote, new RecordingLogger())(clusterOf(2), 10);
    await assert.rejects(replies, InvariantError);
  });
});
