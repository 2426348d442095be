import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LeaseError } from '../../../../src/lease/index.ts';
import { MvccError } from '../../../../src/mvcc/index.ts';
import {
  LeaseInternalRequest,
  LeaseInternalResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveRequest,
} from '../../../../src/pb/index.ts';
import { MembershipError } from '../../../../src/server/membership/errors.ts';
import { hashRequestBytesMax } from '../../../../src/server/peer/serve/hash-kv.ts';
import {
  APPLY_TIMEOUT_MS,
  leaseRequestBytesMax,
} from '../../../../src/server/peer/serve/leases.ts';
import type { PeerServices } from '../../../../src/server/peer/serve/peer-services.ts';
import { postedMessageBytesMax } from '../../../../src/server/peer/serve/raft-message.ts';
import { ManualTime, until } from '../../../support/peer/manual-time.ts';
import { NO_SERVICES, TestMember } from '../../../support/peer/test-member.ts';

const MEMBERS = [
  {
    id: 2n ** 63n,
    peerURLs: ['http://a:1'],
    isLearner: false,
    name: 'a',
    clientURLs: ['http://a:2'],
  },
  { id: 5n, peerURLs: ['http://b:1'], isLearner: true, name: '', clientURLs: [] },
];
const MEMBERS_JSON =
  '[{"id":9223372036854775808,"peerURLs":["http://a:1"],"name":"a","clientURLs":["http://a:2"]},' +
  '{"id":5,"peerURLs":["http://b:1"],"isLearner":true}]\n';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

describe('peer services', () => {
  let time: ManualTime;
  let member: TestMember;
  let services: { -readonly [K in keyof PeerServices]: PeerServices[K] };

  beforeEach(async () => {
    time = new ManualTime();
    services = { ...NO_SERVICES };
    member = await TestMember.start(1n, { time, services });
  });
  afterEach(async () => member.stop());

  function ask(path: string, body?: Uint8Array | string, method = 'POST'): Promise<Answer> {
    const headers = {
      'Content-Length': body === undefined ? 0 : Buffer.byteLength(body),
      'X-Server-Version': '3.6.14',
      'X-Min-Cluster-Version': '3.0.0',
      'X-Etcd-Cluster-ID': 'cdef',
      Authorization: 'token',
    };
    return new Promise((resolve, reject) => {
      const asked = request(`${member.url}${path}`, { method, headers, agent: false });
      asked.on('error', reject);
      asked.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () => {
          const { statusCode: status = 0, headers: told } = answer;
          resolve({ status, headers: told, body: Buffer.concat(chunks) });
        });
      });
      asked.end(body);
    });
  }

  async function told(path: string, body?: Uint8Array | string, method = 'POST') {
    const answer = await ask(path, body, method);
    return [answer.status, answer.body.toString()];
  }

  describe('/members', () => {
    it('JSON in the order given, ids with all their digits, the cluster in a header', async () => {
      services.membership = { ...NO_SERVICES.membership, members: () => MEMBERS };
      const { status, headers, body } = await ask('/members', undefined, 'GET');
      assert.deepEqual([status, body.toString()], [200, MEMBERS_JSON]);
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['x-etcd-cluster-id'], 'cdef');
    });

    it('promote: id and token go to the member -> its members come back', async () => {
      const asked: unknown[] = [];
      const promote = (...args: unknown[]): Promise<typeof MEMBERS> => {
        asked.push(args);
        return Promise.resolve(MEMBERS);
      };
      services.membership = { ...NO_SERVICES.membership, promote };
      const answer = await told('/members/promote/18446744073709551615');
      assert.deepEqual(answer, [200, MEMBERS_JSON]);
      assert.deepEqual(asked, [[2n ** 64n - 1n, 'token']]);
    });

    for (const [code, expected] of [
      ['MEMBERSHIP_ID_NOT_FOUND', [404, 'membership: ID not found\n']],
      ['MEMBERSHIP_NOT_LEARNER', [412, 'membership: can only promote a learner member\n']],
      ['MEMBERSHIP_BAD_JSON', [500, '{"message":"Internal Server Error"}']],
    ] as const) {
      it(`promote: ${code} -> ${expected[0]}`, async () => {
        const promote = (): Promise<never> => Promise.reject(new MembershipError(code, 'no'));
        services.membership = { ...NO_SERVICES.membership, promote };
        assert.deepEqual(await told('/members/promote/5'), expected);
      });
    }

    for (const id of ['', 'x', '-1', '18446744073709551616', '5/6']) {
      it(`promote: "${id}" is no id -> 404`, async () => {
        const text = `member ${id} not found in cluster\n`;
        assert.deepEqual(await told(`/members/promote/${id}`), [404, text]);
      });
    }
  });

  describe('/members/hashkv', () => {
    const hashing = (compactRevision: number): void => {
      services.hashes = {
        hashAt: (revision) =>
          Promise.resolve({
            currentRevision: 9,
            hash: 77,
            compactRevision,
            hashRevision: revision,
          }),
      };
    };

    it('a revision -> its hash; fields that are zero are left out', async () => {
      hashing(-1);
      assert.deepEqual(await told('/members/hashkv', '{"revision":5}', 'GET'), [
        200,
        '{"header":{"revision":9},"hash":77,"compact_revision":-1,"hash_revision":5}',
      ]);
      hashing(0);
      for (const body of ['{}', 'null', '{"other":1}']) {
        assert.deepEqual(await told('/members/hashkv', body, 'GET'), [
          200,
          '{"header":{"revision":9},"hash":77}',
        ]);
      }
    });

    for (const body of ['', 'x', '[]', '7', '{"revision":"5"}', '{"revision":0.5}']) {
      it(`${body === '' ? 'nothing' : body} is no request -> 400`, async () => {
        hashing(0);
        const answer = await told('/members/hashkv', body, 'GET');
        assert.deepEqual(answer, [400, 'error unmarshalling request\n']);
      });
    }

    for (const [code, text] of [
      ['MVCC_COMPACTED', 'mvcc: required revision has been compacted'],
      ['MVCC_FUTURE_REVISION', 'mvcc: required revision is a future revision'],
    ] as const) {
      it(`${code} -> 400 with the text that members look for`, async () => {
        services.hashes = { hashAt: () => Promise.reject(new MvccError(code, 'other words')) };
        assert.deepEqual(await told('/members/hashkv', '{"revision":5}', 'GET'), [
          400,
          `${text}\n`,
        ]);
      });
    }

    it('a body beyond hashRequestBytesMax -> 413', async () => {
      const [status] = await told('/members/hashkv', ' '.repeat(hashRequestBytesMax + 1), 'GET');
      assert.equal(status, 413);
    });
  });

  describe('/leases', () => {
    const keepAlive = LeaseKeepAliveRequest.encode(LeaseKeepAliveRequest.create({ ID: 7n }));
    const timeToLive = LeaseInternalRequest.encode({
      leaseTimeToLiveRequest: LeaseTimeToLiveRequest.create({ ID: 7n, keys: true }),
    });

    function leases(parts: Partial<PeerServices['leases']>): void {
      const whenApplied = (): Promise<void> => Promise.resolve();
      services.leases = { ...NO_SERVICES.leases, whenApplied, ...parts };
    }

    it('keep-alive -> the new TTL', async () => {
      leases({ renew: (id) => Promise.resolve(id === 7n ? 60 : 0) });
      const { status, headers, body } = await ask('/leases', keepAlive);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/protobuf');
      const answer = LeaseKeepAliveResponse.decode(body);
      assert.deepEqual([answer.ID, answer.TTL], [7n, 60]);
    });

    it('keep-alive of a lease that is gone, or not at the leader -> 404, 400', async () => {
      leases({ renew: () => Promise.reject(new LeaseError('LEASE_NOT_FOUND', 'x')) });
      assert.deepEqual(await told('/leases', keepAlive), [404, 'lease not found\n']);
      leases({ renew: () => Promise.reject(new LeaseError('LEASE_NOT_PRIMARY', 'x')) });
      assert.deepEqual(await told('/leases', keepAlive), [400, 'not a primary lessor\n']);
    });

    it('time to live -> what is left, and the keys if asked for', async () => {
      const keys = [Buffer.from('a'), Buffer.from('b')];
      leases({
        timeToLive: (_, { withKeys }) => ({
          grantedTtlS: 60,
          remainingTtlS: 42,
          keys: withKeys ? keys : [],
        }),
      });
      const { body } = await ask('/leases/internal', timeToLive);
      const answer = LeaseInternalResponse.decode(body).leaseTimeToLiveResponse;
      assert.deepEqual(
        [
          answer?.ID,
          answer?.TTL,
          answer?.grantedTTL,
          answer?.keys.map((key) => Buffer.from(key).toString()),
        ],
        [7n, 42, 60, ['a', 'b']],
      );
      assert.ok(answer?.header !== undefined);
    });

    it('time to live of a lease that is gone, or not at the leader -> 404, 500', async () => {
      leases({ timeToLive: () => undefined });
      assert.deepEqual(await told('/leases/internal', timeToLive), [404, 'lease not found\n']);
      leases({
        timeToLive: () => {
          throw new LeaseError('LEASE_NOT_PRIMARY', 'x');
        },
      });
      assert.deepEqual(await told('/leases/internal', timeToLive), [500, 'not a primary lessor\n']);
    });

    for (const [path, body] of [
      ['/leases', keepAlive],
      ['/leases/internal', timeToLive],
    ] as const) {
      it(`${path}: not applied in time -> 408`, async () => {
        let isWaiting = false;
        leases({
          whenApplied: () => {
            isWaiting = true;
            return new Promise(() => undefined);
          },
        });
        const answered = told(path, body);
        await until(() => isWaiting, 'the wait');
        time.advance(APPLY_TIMEOUT_MS);
        const text = 'waiting for node to catch up its applied index has timed out\n';
        assert.deepEqual(await answered, [408, text]);
      });

      it(`${path}: a body beyond leaseRequestBytesMax -> 413; none, or a GET -> refused`, async () => {
        leases({ renew: () => Promise.resolve(1) });
        const long = new Uint8Array(leaseRequestBytesMax + 1);
        assert.deepEqual(await told(path, long), [413, 'request body too large\n']);
        assert.deepEqual(await told(path, undefined, 'GET'), [405, 'Method Not Allowed\n']);
        assert.deepEqual(await told(path, Uint8Array.of(0xff)), [
          400,
          'error unmarshalling request\n',
        ]);
      });
    }

    it('/leases/internal without a question -> 400', async () => {
      leases({});
      const [status] = await told('/leases/internal', new Uint8Array(0));
      assert.equal(status, 400);
    });
  });

  it('/downgrade/enabled -> as the member says, or 500 when it cannot', async () => {
    services.downgradeEnabled = () => Promise.resolve(true);
    const { status, headers, body } = await ask('/downgrade/enabled', undefined, 'GET');
    assert.deepEqual([status, body.toString()], [200, 'true']);
    assert.equal(headers['content-type'], 'text/plain');
    services.downgradeEnabled = () => Promise.reject(new TypeError('timed out'));
    assert.deepEqual(await told('/downgrade/enabled', undefined, 'GET'), [
      500,
      'failed linearized read: timed out\n',
    ]);
  });

  it('/version -> as on the client port; what fails unforeseen -> told, the connection ends', async () => {
    const [status, text] = await told('/version', undefined, 'GET');
    assert.equal(status, 200);
    assert.match(String(text), /"etcdcluster":"3.6.0"/);
    services.leases = { ...NO_SERVICES.leases };
    await assert.rejects(told('/leases', new Uint8Array(0)));
    assert.equal(member.handlerErrors.length, 1);
  });

  it('a posted message beyond postedMessageBytesMax -> 413 (PEER-I2)', async () => {
    const asked = request(`${member.url}/raft`, {
      method: 'POST',
      agent: false,
      headers: { 'X-Server-Version': '3.6.14', 'X-Etcd-Cluster-ID': 'cdef' },
    });
    const status = await new Promise((resolve) => {
      // Where the rest of a body is not read, the connection may end before it is written.
      asked.on('error', () => undefined);
      asked.once('response', (answer) => resolve(answer.resume().statusCode));
      const chunk = Buffer.alloc(8 << 20);
      for (let sent = 0; sent <= postedMessageBytesMax; sent += chunk.length) asked.write(chunk);
    });
    assert.equal(status, 413);
  });
});
