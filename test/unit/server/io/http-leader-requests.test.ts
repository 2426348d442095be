/** The asking side against the answering side, over a real port. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LeaseError } from '../../../../src/lease/index.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import { HttpLeaderRequests } from '../../../../src/server/io/http-leader-requests.ts';
import { MembershipError } from '../../../../src/server/membership/errors.ts';
import type { PeerServices } from '../../../../src/server/peer/serve/peer-services.ts';
import { ManualTime } from '../../../support/peer/manual-time.ts';
import { NO_SERVICES, TestMember } from '../../../support/peer/test-member.ts';

const LEARNER = { id: 5n, peerURLs: ['http://b:1'], isLearner: false, name: 'b', clientURLs: [] };
const REFUSALS = new Map<bigint, Error>([
  [6n, new MembershipError('MEMBERSHIP_ID_NOT_FOUND', 'none')],
  [7n, new MembershipError('MEMBERSHIP_NOT_LEARNER', 'a voter')],
  [8n, new ServerError('SERVER_LEARNER_NOT_READY', 'behind')],
]);

const services: PeerServices = {
  ...NO_SERVICES,
  membership: {
    members: () => [],
    promote: (id) => {
      const refusal = REFUSALS.get(id);
      return refusal === undefined ? Promise.resolve([LEARNER]) : Promise.reject(refusal);
    },
  },
  leases: {
    whenApplied: () => Promise.resolve(),
    renew: (id) =>
      id === 1n ? Promise.resolve(60) : Promise.reject(new LeaseError('LEASE_NOT_FOUND', 'none')),
    timeToLive: (id, { withKeys }) =>
      id === 1n
        ? { remainingTtlS: 9, grantedTtlS: 10, keys: withKeys ? [Buffer.from('k')] : [] }
        : undefined,
  },
};

describe('requests to a leader', () => {
  let leader: TestMember;
  let urls: string[];
  const requests = new HttpLeaderRequests(1000);

  before(async () => {
    leader = await TestMember.start(1n, { time: new ManualTime(), services });
    urls = ['http://127.0.0.1:1', leader.url];
  });
  after(async () => {
    requests.close();
    await leader.stop();
  });

  it('keep-alive -> the new TTL; a lease that is gone -> said so', async () => {
    assert.equal(await requests.renew(urls, 1n), 60);
    await assert.rejects(requests.renew(urls, 2n), { code: 'LEASE_NOT_FOUND' });
  });

  it('time to live -> with keys if asked for; a lease that is gone -> none', async () => {
    const { keys, ...lease } = (await requests.timeToLive(urls, 1n, true)) ?? { keys: [] };
    assert.deepEqual(lease, { remainingTtlS: 9, grantedTtlS: 10 });
    assert.deepEqual(
      keys.map((key) => Buffer.from(key).toString()),
      ['k'],
    );
    assert.deepEqual((await requests.timeToLive(urls, 1n, false))?.keys, []);
    assert.equal(await requests.timeToLive(urls, 2n, false), undefined);
  });

  it('promote -> the members; each refusal -> its code', async () => {
    assert.deepEqual(await requests.promote(urls, 5n), [LEARNER]);
    for (const [id, { code }] of REFUSALS as Map<bigint, { code?: string } & Error>) {
      await assert.rejects(requests.promote(urls, id), { code });
    }
  });

  it('nobody there -> rejects with why', async () => {
    await assert.rejects(requests.renew(['http://127.0.0.1:1'], 1n), { code: 'ECONNREFUSED' });
  });
});
