import assert from 'node:assert/strict';
import { get } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualTime } from '../../../support/peer/manual-time.ts';
import { TestMember } from '../../../support/peer/test-member.ts';

const A = 0xan;
const B = 0xbn;
const GOOD = {
  'X-Server-From': 'b',
  'X-Server-Version': '3.6.14',
  'X-Min-Cluster-Version': '3.0.0',
  'X-Etcd-Cluster-ID': 'cdef',
  'X-Raft-To': 'a',
};

describe('GET /raft/stream (PEER-I4)', () => {
  let member: TestMember;
  const removed = new Set<bigint>();

  beforeEach(async () => {
    removed.clear();
    const isRemoved = (id: bigint): boolean => removed.has(id);
    member = await TestMember.start(A, { time: new ManualTime(), isRemoved });
  });
  afterEach(async () => member.stop());

  function ask(path: string, headers: Record<string, string>): Promise<[number, string, string]> {
    return new Promise((resolve, reject) => {
      const asked = get(`${member.url}/raft/stream${path}`, { headers, agent: false });
      asked.on('error', reject);
      asked.once('response', (answer) => {
        const version = String(answer.headers['x-server-version']);
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () => {
          resolve([answer.statusCode ?? 0, Buffer.concat(chunks).toString(), version]);
        });
      });
    });
  }

  for (const [situation, path, headers, expected] of [
    ['another cluster', '/msgapp/b', { 'X-Etcd-Cluster-ID': '1' }, [412, 'cluster ID mismatch\n']],
    ['no cluster', '/msgapp/b', { 'X-Etcd-Cluster-ID': '' }, [412, 'cluster ID mismatch\n']],
    ['too old', '/msgapp/b', { 'X-Server-Version': '2.3.8' }, [412, 'incompatible version\n']],
    ['too new', '/msgapp/b', { 'X-Min-Cluster-Version': '3.7.0' }, [412, 'incompatible version\n']],
    ['no version', '/msgapp/b', { 'X-Server-Version': 'x' }, [412, 'incompatible version\n']],
    ['another stream', '/other/b', {}, [404, 'invalid path\n']],
    ['no reader', '/msgapp/', {}, [404, 'invalid from\n']],
    ['no id', '/message/17777777777777777', {}, [404, 'invalid from\n']],
    ['nobody we know', '/message/b', {}, [404, 'error sender not found\n']],
  ] as const) {
    it(`${situation} -> ${expected[0]} ${expected[1].trim()}`, async () => {
      const [status, text, version] = await ask(path, { ...GOOD, ...headers });
      assert.deepEqual([status, text], expected);
      assert.equal(version, '3.6.14');
    });
  }

  it('a peer that was removed -> 410', async () => {
    member.transport.addPeer(B, ['http://127.0.0.1:1']);
    removed.add(B);
    const [status, text] = await ask('/message/b', GOOD);
    assert.deepEqual([status, text], [410, 'removed member\n']);
  });

  it('a peer that means somebody else -> 412', async () => {
    member.transport.addPeer(B, ['http://127.0.0.1:1']);
    const [status, text] = await ask('/message/b', { ...GOOD, 'X-Raft-To': 'f' });
    assert.deepEqual([status, text], [412, 'to field mismatch\n']);
  });

  it('nobody we know that says where it is -> 404, and gets answers from then on', async () => {
    const where = { 'X-PeerURLs': 'http://127.0.0.1:1,http://127.0.0.1:2' };
    await ask('/message/b', { ...GOOD, ...where });
    const added = member.logger.lines.find((line) => line.message === 'added new remote peer');
    assert.deepEqual(added?.fields['remote-peer-urls'], [
      'http://127.0.0.1:1',
      'http://127.0.0.1:2',
    ]);
    await ask('/message/b', { ...GOOD, 'X-PeerURLs': 'nonsense' });
    member.transport.checkInvariants();
  });
});
