/** How logs begin that are not those of a cluster of one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from '../../../../src/base/utf8.ts';
import { ConfChange, MemberAddRequest, MemberAddResponse } from '../../../../src/pb/index.ts';
import type { Member } from '../../../../src/server/membership/member.ts';
import { bootstrap } from '../../../../src/server/storage/bootstrap.ts';
import { forceNewCluster } from '../../../../src/server/storage/force-new-cluster.ts';
import type { BeginLog } from '../../../sim/member-process.ts';
import { FOUNDER, SimMember } from '../../../sim/sim-member.ts';
import { answered, put, written } from '../../../support/server/requests.ts';

const OWN = FOUNDER.id;
const PEER = 'http://b:1';

const founder = (id: bigint, name: string): Member => ({
  id,
  peerURLs: [`http://${name}:1`],
  isLearner: false,
  name,
  clientURLs: [],
});

/** A log of the member of the simulation, in the cluster that it has always been of. */
const planned =
  (founders: readonly Member[] | undefined): BeginLog =>
  (opened, log) =>
    bootstrap(opened, { member: opened.member, cluster: opened.cluster, founders }, log);

const forced: BeginLog = (opened, log) => forceNewCluster(opened, ['http://own:1'], log);

/** Started again with --force-new-cluster, it leads. */
async function forceOn(sim: SimMember): Promise<void> {
  const member = await sim.run(await sim.open(), forced);
  await sim.settled(member.published);
  assert.deepEqual([member.raft.isLeader, member.cluster.members.length], [true, 1]);
}

async function addedVoter(sim: SimMember, isLearner = false): Promise<bigint> {
  const request = { peerURLs: [PEER], isLearner };
  const call = sim.unary('/etcdserverpb.Cluster/MemberAdd', MemberAddRequest, request);
  const { member } = await answered(sim, call, MemberAddResponse);
  return member?.ID ?? 0n;
}

describe('bootstrap', () => {
  it('several founders -> an entry for each by ascending id, with its name, all committed', async () => {
    const sim = new SimMember(1);
    let entries: string[] = [];
    const member = await sim.run(await sim.open(), async (opened, log) => {
      const begun = await planned([founder(9n, 'c'), FOUNDER, founder(2n, 'b')])(opened, log);
      entries = begun.entries.map(({ data, index, term }) => {
        const { nodeId, context } = ConfChange.decode(data ?? new Uint8Array(0));
        return `${index} ${term} ${nodeId} ${utf8Text(context ?? new Uint8Array(0))}`;
      });
      assert.deepEqual(begun.hardState, { term: 1, vote: 0n, commit: 3 });
      return begun;
    });
    assert.deepEqual(entries, [
      '1 1 2 {"id":2,"peerURLs":["http://b:1"],"name":"b"}',
      '2 1 9 {"id":9,"peerURLs":["http://c:1"],"name":"c"}',
      `3 1 ${OWN} {"id":${OWN},"peerURLs":["http://localhost:2380"],"name":"default"}`,
    ]);
    await sim.until(() => member.cluster.members.length === 3);
    await sim.pass(5000);
    assert.equal(member.raft.leader, 0n, 'it takes two to elect one');
  });

  it('STORAGE-I7: a member that joins -> an empty log that has begun: never again asked who it is', async () => {
    const sim = new SimMember(1);
    const member = await sim.run(await sim.open(), planned(undefined));
    await sim.pass(5000);
    assert.deepEqual([member.raft.leader, member.raft.term, member.cluster.members], [0n, 1, []]);
    sim.crash('power');
    const opened = await sim.open();
    assert.deepEqual([opened.isNew, opened.entries], [false, []]);
  });
});

describe('force-new-cluster', () => {
  it('STORAGE-I8: the majority is lost -> alone, with all that was committed and no more', async () => {
    const sim = new SimMember(1);
    await sim.start();
    assert.equal(await written(sim, 'a', '1'), 2);
    const lost = await addedVoter(sim);
    const call = put(sim, 'a', 'never answered');
    await sim.until(() => call.isOver);
    await sim.stop();
    await forceOn(sim);
    const { cluster, store } = sim.member;
    assert.deepEqual(
      cluster.members.map(({ id }) => id),
      [OWN],
    );
    assert.equal(cluster.isRemoved(lost), true);
    assert.equal(store.currentRevision, 2);
    assert.equal(await written(sim, 'a', '2'), 3);
    // It stays so, with the flag and without.
    await sim.stop();
    await forceOn(sim);
    assert.equal(await written(sim, 'a', '3'), 4);
    await sim.stop();
    await sim.start();
    assert.equal(await written(sim, 'a', '4'), 5);
  });

  it('STORAGE-I8: alone already -> nothing of the log is dropped, though its commit is not on disk', async () => {
    const sim = new SimMember(1);
    sim.holdsCommits = true;
    await sim.start();
    for (let revision = 2; revision < 6; revision++) {
      assert.equal(await written(sim, 'a', String(revision)), revision);
    }
    sim.crash('power');
    sim.holdsCommits = false;
    await forceOn(sim);
    await sim.until(() => sim.member.store.currentRevision === 5);
  });

  it('a learner among the lost -> removed', async () => {
    const sim = new SimMember(1);
    await sim.start();
    const lost = await addedVoter(sim, true);
    await sim.stop();
    await forceOn(sim);
    assert.equal(sim.member.cluster.isRemoved(lost), true);
  });

  it('a learner whose voters are lost -> promoted first', async () => {
    const sim = new SimMember(1);
    await sim.run(await sim.open(), async (opened, log) => {
      const begun = await planned([founder(2n, 'b'), FOUNDER])(opened, log);
      return begun;
    });
    await sim.until(() => sim.member.cluster.members.length === 2);
    await sim.pass(1000);
    await sim.stop();
    const opened = await sim.open();
    assert.equal(opened.confState.voters.length, 2);
    // As if it had been added as a learner.
    const { confState } = opened;
    confState.voters = [2n];
    confState.learners = [OWN];
    const changes: string[] = [];
    await sim.run(opened, async (storage, log) => {
      const begun = await forced(storage, log);
      for (const { data, index } of begun.entries.slice(storage.entries.length)) {
        const { type, nodeId, context } = ConfChange.decode(data ?? new Uint8Array(0));
        changes.push(`${index} ${type} ${nodeId} ${utf8Text(context ?? new Uint8Array(0))}`);
      }
      return storage;
    });
    assert.deepEqual(changes, [
      `3 0 ${OWN} {"id":${OWN},"peerURLs":null,"isPromote":true}`,
      '4 1 2 ',
    ]);
  });

  it('a member that had joined and heard of nothing -> a cluster of it, at the URLs given', async () => {
    const sim = new SimMember(1);
    await sim.run(await sim.open(), planned(undefined));
    await sim.stop();
    await forceOn(sim);
    assert.deepEqual(
      sim.member.cluster.members.map(({ peerURLs }) => peerURLs),
      [['http://own:1']],
    );
    assert.equal(await written(sim, 'a', '1'), 2);
  });
});
