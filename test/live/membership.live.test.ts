/** Changes of membership of a running cluster of one get the same answers from us as from real etcd. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CallError,
  callBytes,
  decodeResponse,
  encodeRequest,
  type Fields,
  type GrpcClient,
  grpcClient,
} from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';
import { oracleLine } from './grpc-differences.ts';

const skip = liveSkipReason('etcd');

/** A call; `ids` are those of the founder and of each member added so far. */
type MembershipStep = readonly [method: string, request: (ids: readonly string[]) => Fields];

/** 3.5 makes a voter of a learner whose URLs change. */
const withoutUpdates = (steps: readonly MembershipStep[]): readonly MembershipStep[] =>
  steps.filter(([method]) => method !== 'MemberUpdate');

const add = (isLearner: boolean, ...peerURLs: string[]): MembershipStep => [
  'MemberAdd',
  () => ({ peerURLs, isLearner }),
];
const remove = (member: number): MembershipStep => ['MemberRemove', (ids) => ({ ID: ids[member] })];
const promote = (member: number): MembershipStep => [
  'MemberPromote',
  (ids) => ({ ID: ids[member] }),
];
const update = (member: number, ...peerURLs: string[]): MembershipStep => [
  'MemberUpdate',
  (ids) => ({ ID: ids[member], peerURLs }),
];
const list = (linearizable: boolean): MembershipStep => ['MemberList', () => ({ linearizable })];

/** Of members that nobody has: their learners leave the founder its quorum. */
const STEPS: readonly MembershipStep[] = [
  list(true),
  // Refused before anything is proposed.
  add(false),
  add(true, 'foo'),
  add(true, 'http://127.0.0.1'),
  add(true, 'http://127.0.0.1:1/path'),
  add(true, 'ftp://127.0.0.1:1'),
  add(true, 'http://127.0.0.1:1', 'bad'),
  remove(0),
  // Refused when it is applied.
  ['MemberRemove', () => ({ ID: 5 })],
  ['MemberRemove', () => ({})],
  ['MemberPromote', () => ({ ID: 5 })],
  ['MemberPromote', () => ({})],
  ['MemberUpdate', () => ({ ID: 5, peerURLs: ['http://127.0.0.1:1'] })],
  promote(0),
  // The first learner.
  add(true, ' http://127.0.0.1:2', 'HTTP://127.0.0.1:1'),
  list(false),
  list(true),
  add(true, 'http://127.0.0.1:3'),
  add(true, 'http://127.0.0.1:1'),
  add(false, 'http://127.0.0.1:1', 'http://127.0.0.1:3'),
  promote(1),
  update(1, 'http://127.0.0.1:5', 'http://127.0.0.1:4'),
  update(1, 'http://127.0.0.1:5', 'http://127.0.0.1:5'),
  list(true),
  remove(1),
  remove(1),
  promote(1),
  update(1, 'http://127.0.0.1:1'),
  list(true),
  // A second one, then a voter: from there on there is no quorum.
  add(true, 'http://127.0.0.1:6'),
  update(2, 'http://127.0.0.1:7'),
  add(false, 'http://127.0.0.1:8'),
  list(false),
  add(false, 'http://127.0.0.1:9'),
  add(true, 'http://127.0.0.1:9'),
  remove(0),
];

/** What came of each step, with the ids of members as names. */
async function answersOf(
  steps: readonly MembershipStep[],
  options: { kind: 'etcd' | 'etcd-ts'; clientPort: number; peerPort: number },
) {
  const member = await MemberProcess.start(options);
  const client = grpcClient(member.endpoint);
  const ids: string[] = [];
  const answers: { step: string; answer: unknown }[] = [];
  try {
    for (const [method, request] of steps) {
      const answer = await answered(client, method, request(ids));
      const added = (answer['member'] as Fields | undefined)?.['ID'];
      if (method === 'MemberList') ids[0] ??= idOfFirst(answer);
      if (typeof added === 'string') ids.push(added);
      const text = JSON.stringify(inOrder(answer, ids));
      const named = ids.reduce((found, id, at) => found.replaceAll(id, `member ${at}`), text);
      answers.push({
        step: `${method} ${JSON.stringify(request(ids.map((_, at) => `${at}`)))}`,
        answer: named,
      });
    }
    return answers;
  } finally {
    client.close();
    await member.dispose();
  }
}

async function answered(client: GrpcClient, method: string, request: Fields): Promise<Fields> {
  const path = `/etcdserverpb.Cluster/${method}`;
  try {
    return decodeResponse(path, await callBytes(client, path, encodeRequest(path, request)));
  } catch (error) {
    const { code, details } = error as CallError;
    return { code, details };
  }
}

function idOfFirst(answer: Fields): string {
  return (answer['members'] as { ID: string }[])[0]?.ID ?? assert.fail('a cluster has members');
}

/** Members stand in the order of their ids, which depend on when they were added. */
function inOrder(answer: Fields, ids: readonly string[]): Fields {
  const members = answer['members'] as { ID: string }[] | undefined;
  if (members === undefined) return answer;
  const sorted = [...members].sort((a, b) => ids.indexOf(a.ID) - ids.indexOf(b.ID));
  assert.deepEqual(
    members.map(({ ID }) => BigInt(ID)),
    members.map(({ ID }) => BigInt(ID)).sort((a, b) => (a < b ? -1 : 1)),
  );
  return { ...answer, members: sorted };
}

describe('membership of etcd and etcd-ts', { skip }, () => {
  it('raw calls: same answers, codes and texts', async () => {
    const steps = (await oracleLine()) === '3.5' ? withoutUpdates(STEPS) : STEPS;
    const ports = { clientPort: await freePort(), peerPort: await freePort() };
    const real = await answersOf(steps, { kind: 'etcd', ...ports });
    const ours = await answersOf(steps, { kind: 'etcd-ts', ...ports });
    assert.deepEqual(ours, real);
  });
});
