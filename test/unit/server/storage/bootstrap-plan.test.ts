import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterId, memberId } from '../../../../src/server/membership/ids.ts';
import type { Member } from '../../../../src/server/membership/member.ts';
import type { MemberVersions } from '../../../../src/server/membership/versions.ts';
import {
  type BootstrapPlan,
  planBootstrap,
} from '../../../../src/server/storage/bootstrap-plan.ts';
import type { FoundCluster, RemoteCluster } from '../../../../src/server/storage/remote-cluster.ts';
import { load } from '../../../support/config-sources.ts';
import { FakeNames } from '../../../support/fake-names.ts';

const [A, B, C] = ['http://10.0.0.1:2380', 'http://10.0.0.2:2380', 'http://10.0.0.3:2380'];
const CLUSTER = `a=${A},b=${B},c=${C}`;
const idOf = (url: string): bigint => memberId([url], 'etcd-cluster');

interface Answers {
  readonly cluster?: FoundCluster;
  readonly versions?: Partial<MemberVersions>;
}

/** Members by peer URL; who has no answers is not there. */
class FakeRemote implements RemoteCluster {
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, Answers>>;

  constructor(answers: Readonly<Record<string, Answers>>) {
    this.#answers = answers;
  }

  cluster(url: string, timeoutMs: number): Promise<FoundCluster> {
    this.asked.push(`${url} ${timeoutMs}`);
    return answer(this.#answers[url]?.cluster);
  }

  versions(url: string): Promise<MemberVersions> {
    const versions = this.#answers[url]?.versions;
    return answer(versions && { server: '3.6.14', cluster: '3.6.0', ...versions });
  }
}

function answer<T>(value: T | undefined): Promise<T> {
  return value === undefined ? Promise.reject(new TypeError('refused')) : Promise.resolve(value);
}

async function plan(remote: FakeRemote, ...argv: string[]): Promise<BootstrapPlan> {
  const { config } = await load({
    argv: ['--name=a', `--initial-advertise-peer-urls=${A}`, ...argv],
  });
  const names = new FakeNames({ hosts: { bee: '10.0.0.2' } });
  return planBootstrap(config, { names, remote });
}

const member = (id: bigint, url: string, fields: Partial<Member> = {}): Member => ({
  id,
  peerURLs: [url],
  isLearner: false,
  name: '',
  clientURLs: [],
  ...fields,
});

describe('bootstrap plan: a new cluster', () => {
  const NEW = `--initial-cluster=${CLUSTER}`;

  it('several members -> ids of all, the cluster id of these, the others to be connected to', async () => {
    const remote = new FakeRemote({});
    const found = await plan(remote, NEW);
    assert.equal(found.member, idOf(A));
    assert.equal(found.cluster, clusterId([A, B, C].map(idOf)));
    assert.deepEqual(
      found.founders?.map(({ id, name, peerURLs, clientURLs }) => [id, name, peerURLs, clientURLs]),
      [
        [idOf(A), 'a', [A], []],
        [idOf(B), 'b', [B], []],
        [idOf(C), 'c', [C], []],
      ],
    );
    assert.deepEqual(
      found.others.map(({ id }) => id),
      [idOf(B), idOf(C)],
    );
    assert.deepEqual(remote.asked, [`${B} 1000`, `${C} 1000`]);
  });

  it('one member -> nobody is asked', async () => {
    const remote = new FakeRemote({});
    const found = await plan(remote, `--initial-cluster=a=${A}`, '--initial-cluster-token=t');
    assert.equal(found.member, memberId([A], 't'));
    assert.deepEqual([found.others, remote.asked], [[], []]);
  });

  it('STORAGE-I6: the others know this member, with client URLs -> it has lost its data', async () => {
    const cluster = (clientURLs: string[]): Answers => ({
      cluster: { id: 1n, members: [member(idOf(A), A, { clientURLs })] },
    });
    await assert.rejects(plan(new FakeRemote({ [C]: cluster(['http://x:1']) }), NEW), {
      code: 'SERVER_START_REFUSED',
      message: `member ${idOf(A).toString(16)} has already been bootstrapped`,
    });
    // Listed, but never there.
    const { founders } = await plan(new FakeRemote({ [C]: cluster([]) }), NEW);
    assert.equal(founders?.length, 3);
  });
});

describe('bootstrap plan: an existing cluster', () => {
  const JOIN = [`--initial-cluster=a=${A},b=http://bee:2380`, '--initial-cluster-state=existing'];
  const FOUND: FoundCluster = { id: 7n, members: [member(1n, B, { name: 'x' }), member(2n, A)] };
  const remoteOf = (answers: Answers): FakeRemote =>
    new FakeRemote({ 'http://bee:2380': answers, [B]: answers });
  const versions = (cluster: string): Answers => ({ cluster: FOUND, versions: { cluster } });

  it('URLs match -> the ids that the cluster has given, no founders', async () => {
    const remote = remoteOf(versions('3.6.0'));
    const found = await plan(remote, ...JOIN);
    assert.deepEqual([found.member, found.cluster, found.founders], [2n, 7n, undefined]);
    assert.deepEqual(
      found.others.map(({ id }) => id),
      [1n],
    );
    assert.deepEqual(remote.asked, ['http://bee:2380 10000']);
  });

  for (const [cluster, reason] of [
    ['3.5.0', undefined],
    ['3.6.0', undefined],
    ['3.4.0', 'it is at 3.4.0, not from 3.5.0 to 3.6.0'],
    ['3.7.0', 'it is at 3.7.0, not from 3.5.0 to 3.6.0'],
    ['4.0.0', 'it is at 4.0.0, not from 3.5.0 to 3.6.0'],
    ['not_decided', 'no member tells its version'],
  ] as const) {
    it(`MEMBERSHIP-I10: cluster version ${cluster} -> ${reason ?? 'joins'}`, async () => {
      const planned = plan(remoteOf(versions(cluster)), ...JOIN);
      if (reason === undefined) await planned;
      else {
        const message = `incompatible with current running cluster: ${reason}`;
        await assert.rejects(planned, { code: 'SERVER_START_REFUSED', message });
      }
    });
  }

  for (const [server, fits] of [
    ['3.5.30', true],
    ['3.4.23', false],
    ['3.7.0', false],
  ] as const) {
    it(`cluster version not sure, servers at ${server} -> ${fits ? 'joins' : 'refused'}`, async () => {
      const answers: Answers = { cluster: FOUND, versions: { cluster: '3.0.0', server } };
      const planned = plan(remoteOf(answers), ...JOIN);
      if (fits) await planned;
      else {
        const message = `incompatible with current running cluster: it is at ${server}, not from 3.5.0 to 3.6.0`;
        await assert.rejects(planned, { code: 'SERVER_START_REFUSED', message });
      }
    });
  }

  const BASE = `{ClusterID:7 Members:[&{ID:1 RaftAttributes:{PeerURLs:[${B}] IsLearner:false} Attributes:{Name:x ClientURLs:[]}}`;
  const third = member(3n, C, { isLearner: true, clientURLs: ['http://x:1', 'http://y:1'] });
  const fourth = member(4n, 'http://10.0.0.4:1', { isLearner: true });
  const refusals: readonly (readonly [string, RemoteCluster, readonly string[], string])[] = [
    [
      'nobody answers',
      new FakeRemote({}),
      JOIN,
      'cannot fetch cluster info from peer urls: ' +
        'could not retrieve cluster information from the given URLs',
    ],
    [
      'another number of members',
      remoteOf({ cluster: { id: 7n, members: [...FOUND.members.slice(0, 1), third] } }),
      [`--initial-cluster=${CLUSTER}`, '--initial-cluster-state=existing'],
      `error validating peerURLs ${BASE} &{ID:3 RaftAttributes:{PeerURLs:[${C}] IsLearner:true} ` +
        'Attributes:{Name: ClientURLs:[http://x:1 http://y:1]}}] RemovedMemberIDs:[]}: ' +
        'member count is unequal',
    ],
    [
      'other URLs',
      remoteOf({ cluster: { id: 7n, members: [...FOUND.members.slice(0, 1), member(2n, C)] } }),
      JOIN,
      `error validating peerURLs ${BASE} &{ID:2 RaftAttributes:{PeerURLs:[${C}] IsLearner:false} ` +
        'Attributes:{Name: ClientURLs:[]}}] RemovedMemberIDs:[]}: PeerURLs: no match found for ' +
        `existing member (2, [${C}]), last resolver error ` +
        `(resolved urls: "${C}" != "${B}")`,
    ],
    [
      'more learners than --max-learners',
      remoteOf({
        ...versions('3.6.0'),
        cluster: { id: 7n, members: [...FOUND.members, third, fourth] },
      }),
      [`--initial-cluster=${CLUSTER},d=http://10.0.0.4:1`, '--initial-cluster-state=existing'],
      'membership: too many learner members in cluster',
    ],
  ];
  for (const [name, remote, argv, message] of refusals) {
    it(`${name} -> refused, in etcd's words`, async () => {
      await assert.rejects(plan(remote as FakeRemote, ...argv), {
        code: 'SERVER_START_REFUSED',
        message,
      });
    });
  }
});
