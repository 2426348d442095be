/** Changes of membership of a cluster of one, which learners leave with its quorum. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  MemberAddRequest,
  MemberAddResponse,
  MemberPromoteRequest,
  MemberRemoveRequest,
  MemberRemoveResponse,
  MemberUpdateRequest,
  MemberUpdateResponse,
  PutRequest,
} from '../../../../src/pb/index.ts';
import { memberId } from '../../../../src/server/membership/ids.ts';
import { FOUNDER, SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, written } from '../../../support/server/requests.ts';

async function started(options: ConstructorParameters<typeof SimMember>[1] = {}) {
  const sim = new SimMember(1, options);
  await sim.start();
  return sim;
}

const add = (sim: SimMember, isLearner: boolean, ...peerURLs: string[]): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Cluster/MemberAdd', MemberAddRequest, { peerURLs, isLearner });
const remove = (sim: SimMember, ID: bigint): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Cluster/MemberRemove', MemberRemoveRequest, { ID });
const update = (sim: SimMember, ID: bigint, ...peerURLs: string[]): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Cluster/MemberUpdate', MemberUpdateRequest, { ID, peerURLs });
const promote = (sim: SimMember, ID: bigint): FakeUnaryCall =>
  sim.unary('/etcdserverpb.Cluster/MemberPromote', MemberPromoteRequest, { ID });

async function refused(sim: SimMember, call: FakeUnaryCall, message: string): Promise<void> {
  await sim.until(() => call.isOver);
  assert.equal(call.failure?.message, `etcdserver: ${message}`);
}

async function learnerOf(sim: SimMember): Promise<bigint> {
  const { member } = await answered(sim, add(sim, true, 'http://b:1'), MemberAddResponse);
  return member?.ID ?? 0n;
}

describe('member changes', () => {
  it('add a learner -> sorted URLs, an id of these and the time, all members, no revision', async () => {
    const sim = await started();
    const call = add(sim, true, ' http://b:2 ', 'http://b:1');
    const seconds = Math.floor(sim.scheduler.wallMs() / 1000);
    const { header, member, members } = await answered(sim, call, MemberAddResponse);
    const urls = ['http://b:1', 'http://b:2'];
    assert.deepEqual(member, {
      ID: memberId(urls, String(seconds)),
      name: '',
      peerURLs: urls,
      clientURLs: [],
      isLearner: true,
    });
    const ids = [FOUNDER.id, member.ID].sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(
      members.map(({ ID }) => ID),
      ids,
    );
    assert.deepEqual([header?.revision, header?.memberId], [0, FOUNDER.id]);
  });

  it('update, remove -> the members after it; what is removed stays out, over a restart, too', async () => {
    const sim = await started();
    const id = await learnerOf(sim);
    const updated = await answered(
      sim,
      update(sim, id, 'http://c:2', 'http://c:1'),
      MemberUpdateResponse,
    );
    const found = updated.members.find(({ ID }) => ID === id);
    assert.deepEqual([found?.peerURLs, found?.isLearner], [['http://c:2', 'http://c:1'], true]);
    const { members } = await answered(sim, remove(sim, id), MemberRemoveResponse);
    assert.deepEqual(
      members.map(({ ID }) => ID),
      [FOUNDER.id],
    );
    await sim.stop();
    await sim.start();
    assert.equal(sim.member.cluster.isRemoved(id), true);
    await refused(sim, remove(sim, id), 'member not found');
    await refused(sim, update(sim, id, 'http://c:1'), 'member not found');
    await refused(sim, promote(sim, id), 'member not found');
  });

  it('two changes in one turn -> one after the other', async () => {
    const sim = await started({ learnersMax: 3 });
    const calls = ['http://b:1', 'http://c:1', 'http://d:1'].map((url) => add(sim, true, url));
    await sim.until(() => calls.every(({ isOver }) => isOver));
    assert.deepEqual(
      calls.map(({ failure }) => failure),
      [undefined, undefined, undefined],
    );
    assert.equal(sim.member.cluster.members.length, 4);
    assert.equal(await written(sim, 'a', '1'), 2, 'learners take nothing from the quorum');
  });

  it('what etcd refuses -> its text', async () => {
    const sim = await started();
    const BAD_URLS = 'given member URLs are invalid';
    for (const urls of [[], ['foo'], ['http://b'], ['http://b:1/x'], ['ftp://b:1']]) {
      await refused(sim, add(sim, true, ...urls), BAD_URLS);
      await refused(sim, update(sim, FOUNDER.id, ...urls), BAD_URLS);
    }
    await refused(
      sim,
      remove(sim, FOUNDER.id),
      're-configuration failed due to not enough started members',
    );
    await refused(sim, remove(sim, 5n), 'member not found');
    await refused(sim, promote(sim, 5n), 'member not found');
    await refused(sim, promote(sim, FOUNDER.id), 'can only promote a learner member');
    await refused(sim, add(sim, true, ...FOUNDER.peerURLs), 'Peer URLs already exists');
    const id = await learnerOf(sim);
    await refused(sim, add(sim, true, 'http://c:1'), 'too many learner members in cluster');
    await refused(sim, add(sim, false, 'http://b:1'), 'member ID already exist');
    await refused(sim, update(sim, id, ...FOUNDER.peerURLs), 'Peer URLs already exists');
    await refused(
      sim,
      promote(sim, id),
      'can only promote a learner member which is in sync with leader',
    );
    assert.equal(sim.member.cluster.members.length, 2);
  });

  it('not strict: the last voter -> refused all the same', async () => {
    const sim = await started({ isReconfigurationStrict: false });
    await learnerOf(sim);
    await refused(
      sim,
      remove(sim, FOUNDER.id),
      're-configuration failed due to not enough started members',
    );
    assert.equal(await written(sim, 'a', '1'), 2);
  });

  it('a voter that never starts -> no quorum: reads and changes end in time', async () => {
    const sim = await started();
    await answered(sim, add(sim, false, 'http://b:1'), MemberAddResponse);
    await refused(
      sim,
      add(sim, false, 'http://c:1'),
      're-configuration failed due to not enough started members',
    );
    const call = update(sim, FOUNDER.id, 'http://d:1');
    await refused(sim, call, 'request timed out');
    const promotion = promote(sim, FOUNDER.id);
    await sim.until(() => promotion.isOver);
    assert.notEqual(promotion.failure, undefined);
  });

  it('promote on one who does not lead -> not leader', async () => {
    const sim = await started();
    await answered(sim, add(sim, false, 'http://b:1'), MemberAddResponse);
    await sim.until(() => !sim.member.raft.isLeader);
    await refused(sim, promote(sim, FOUNDER.id), 'not leader');
  });

  it('stopped -> server stopped', async () => {
    const sim = await started();
    const { member } = sim;
    await sim.stop();
    const ends: unknown[] = [];
    member.reconfiguration.remove(5n, ({ error }) => ends.push((error as { code?: string }).code));
    assert.deepEqual(ends, ['SERVER_STOPPED']);
  });
});

describe('a removed member', () => {
  it('answers for a second, then asks to be ended, once; nothing is lost', async () => {
    const sim = await started();
    sim.member.removal.applied();
    sim.member.removal.applied();
    sim.member.removal.toldByPeer();
    await sim.pass(500);
    assert.equal(await written(sim, 'a', '1'), 2);
    assert.deepEqual(sim.fatals, []);
    await sim.pass(600);
    assert.deepEqual(
      sim.fatals.map((error) => (error as { code?: string }).code),
      ['SERVER_REMOVED'],
    );
    await sim.stop();
    await sim.start();
    assert.equal(await written(sim, 'a', '2'), 3);
  });

  it('a peer says so -> the end is now: what waits hears that the server has stopped', async () => {
    const sim = await started();
    const ends: unknown[] = [];
    sim.member.propose('put', PutRequest.create({ key: utf8Bytes('a') }), ({ error }) =>
      ends.push(error?.code),
    );
    sim.member.removal.toldByPeer();
    assert.deepEqual(ends, ['SERVER_STOPPED']);
    assert.deepEqual(
      sim.fatals.map((error) => (error as { code?: string }).code),
      ['SERVER_REMOVED'],
    );
    await sim.stop();
  });
});
