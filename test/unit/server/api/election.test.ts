import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import {
  CampaignResponse,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  ProclaimRequest,
  ProclaimResponse,
  PutResponse,
  ResignRequest,
  ResignResponse,
} from '../../../../src/pb/index.ts';
import { localResponsesMax } from '../../../../src/server/api/local-watch.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import {
  campaign,
  contenders,
  deleted,
  memberWithLeases,
  refused,
  settle,
} from '../../../support/server/contests.ts';
import type { FakeBidiCall, FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, put, written } from '../../../support/server/requests.ts';

const ELECTION = '/v3electionpb.Election/';

async function started(leases: number): Promise<SimMember> {
  const sim = new SimMember(1);
  await memberWithLeases(sim, leases);
  return sim;
}

/** The leader's key, and the revision that the campaign was won with. */
async function won(sim: SimMember, call: FakeUnaryCall): Promise<[LeaderKey, number]> {
  const { header, leader } = await answered(sim, call, CampaignResponse);
  assert.ok(leader !== undefined);
  return [leader, header?.revision ?? 0];
}

function proclaim(sim: SimMember, leader: LeaderKey | undefined, value: string): FakeUnaryCall {
  const request = ProclaimRequest.create({ leader, value: utf8Bytes(value) });
  return sim.unary(`${ELECTION}Proclaim`, ProclaimRequest, request);
}

function resign(sim: SimMember, leader: LeaderKey | undefined): FakeUnaryCall {
  return sim.unary(`${ELECTION}Resign`, ResignRequest, ResignRequest.create({ leader }));
}

const leaderOf = (sim: SimMember, name: string): FakeUnaryCall =>
  sim.unary(`${ELECTION}Leader`, LeaderRequest, { name: utf8Bytes(name) });

const observe = (sim: SimMember, name: string): FakeBidiCall =>
  sim.serverStream(`${ELECTION}Observe`, LeaderRequest, { name: utf8Bytes(name) });

/** What an observer has been told since: `value@revision of the header`. */
const observed = (call: FakeBidiCall): string[] =>
  call
    .take()
    .map((bytes) => LeaderResponse.decode(bytes))
    .map(({ header, kv }) => `${utf8Text(kv?.value ?? utf8Bytes('')) ?? ''}@${header?.revision}`);

describe('election service: campaign', () => {
  it('nobody leads -> the candidate does, with its value', async () => {
    const sim = await started(1);
    await refused(sim, leaderOf(sim, 'e'), 'election: no leader');
    const [leader, revision] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    assert.deepEqual(leader, {
      name: utf8Bytes('e'),
      key: utf8Bytes('e/1'),
      rev: 2,
      lease: 1n,
    });
    assert.equal(revision, 2);
    const { kv } = await answered(sim, leaderOf(sim, 'e'), LeaderResponse);
    assert.equal(utf8Text(kv?.value ?? utf8Bytes('')), 'x');
  });

  it('again with another value -> it is proclaimed, and the answer is that of the first look', async () => {
    const sim = await started(1);
    await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    const [leader, revision] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'y' }));
    assert.deepEqual([leader.rev, revision], [2, 2]);
    assert.deepEqual(await contenders(sim, 'e'), ['e/1=y']);
    assert.equal(sim.member.store.currentRevision, 3);
  });

  it('another leads -> waits; wins when it resigns, with the revision of its entry', async () => {
    const sim = await started(2);
    const [first] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    const waiting = campaign(sim, 'e', { lease: 2n, value: 'y' });
    await settle(sim);
    assert.equal(waiting.isOver, false);
    const { header } = await answered(sim, resign(sim, first), ResignResponse);
    assert.equal(header?.revision, 4);
    const [second, revision] = await won(sim, waiting);
    assert.deepEqual([utf8Text(second.key), second.rev, revision], ['e/2', 3, 3]);
  });

  it('API-I12: cancelled while waiting or while entering -> no candidate any more', async () => {
    const sim = await started(3);
    await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    const waiting = campaign(sim, 'e', { lease: 2n, value: 'y' });
    await settle(sim);
    waiting.cancel();
    campaign(sim, 'e', { lease: 3n, value: 'z' }).cancel();
    await settle(sim);
    assert.deepEqual(await contenders(sim, 'e'), ['e/1=x']);
    assert.equal(sim.openCalls, 0);
  });

  it('unknown lease -> told, and nobody leads', async () => {
    const sim = await started(0);
    const call = campaign(sim, 'e', { lease: 7n, value: 'x' });
    await refused(sim, call, 'etcdserver: requested lease not found');
    assert.deepEqual(await contenders(sim, 'e'), []);
  });
});

describe('election service: the leader', () => {
  it('proclaim -> the new value; for another revision of the key -> not leader', async () => {
    const sim = await started(1);
    const [leader] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    const { header } = await answered(sim, proclaim(sim, leader, 'y'), ProclaimResponse);
    assert.equal(header?.revision, 3);
    const usurper = proclaim(sim, { ...leader, rev: 3 }, 'z');
    await refused(sim, usurper, 'election: not leader');
    assert.deepEqual(await contenders(sim, 'e'), ['e/1=y']);
  });

  it('resign -> nobody leads; of one who does not lead -> fine, and nothing happens', async () => {
    const sim = await started(1);
    const [leader] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    await answered(sim, resign(sim, { ...leader, rev: 7 }), ResignResponse);
    assert.deepEqual(await contenders(sim, 'e'), ['e/1=x']);
    await answered(sim, resign(sim, leader), ResignResponse);
    await refused(sim, leaderOf(sim, 'e'), 'election: no leader');
  });

  it('no lease -> the key gets a fresh one', async () => {
    const sim = await started(1);
    const [leader] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'x' }));
    await answered(sim, proclaim(sim, { ...leader, lease: 0n }, 'y'), ProclaimResponse);
    const { kv } = await answered(sim, leaderOf(sim, 'e'), LeaderResponse);
    assert.equal(sim.member.lessor.list().length, 2);
    assert.ok(sim.member.lessor.list().includes(kv?.lease ?? 0n));
    assert.notEqual(kv?.lease, 1n);
  });

  it('no leader field, or an empty one -> told', async () => {
    const sim = await started(0);
    const missing = '"leader" field must be provided';
    await refused(sim, proclaim(sim, undefined, 'x'), missing);
    await refused(sim, resign(sim, undefined), missing);
    const empty = 'etcdserver: key is not provided';
    await refused(sim, proclaim(sim, LeaderKey.create({}), 'x'), empty);
    await refused(sim, resign(sim, LeaderKey.create({})), empty);
  });
});

describe('election service: observe', () => {
  it('a leader, its words, the next leader -> each told, in order', async () => {
    const sim = await started(2);
    const [first] = await won(sim, campaign(sim, 'e', { lease: 1n, value: 'a' }));
    const call = observe(sim, 'e');
    await settle(sim);
    assert.deepEqual(observed(call), ['a@2']);
    await answered(sim, proclaim(sim, first, 'b'), ProclaimResponse);
    const waiting = campaign(sim, 'e', { lease: 2n, value: 'c' });
    await settle(sim);
    await answered(sim, resign(sim, first), ResignResponse);
    await won(sim, waiting);
    await settle(sim);
    // The second leader entered at 4 and leads since 5.
    assert.deepEqual(observed(call), ['b@3', 'c@5']);
  });

  it('no leader yet, or none any more -> the first that comes', async () => {
    const sim = await started(1);
    const call = observe(sim, 'e');
    await settle(sim);
    await written(sim, 'f/1', 'other');
    await written(sim, 'e/1', 'a');
    await settle(sim);
    await deleted(sim, 'e/1');
    await settle(sim);
    await written(sim, 'e/2', 'b');
    await settle(sim);
    assert.deepEqual(observed(call), ['a@3', 'b@5']);
  });

  it('API-I13: a client that does not read -> the words wait in the store, and none is lost', async () => {
    const sim = await started(1);
    await written(sim, 'e/1', '0');
    const call = observe(sim, 'e');
    call.sendMax = 1;
    await settle(sim);
    const count = localResponsesMax * 3;
    for (let i = 1; i <= count; i++) await answered(sim, put(sim, 'e/1', String(i)), PutResponse);
    await settle(sim);
    assert.equal(call.sent.length, 1);
    const values: string[] = [];
    while (values.length <= count) {
      const taken = observed(call);
      assert.ok(taken.length > 0, 'there is always more');
      values.push(...taken.map((text) => text.slice(0, text.indexOf('@'))));
      await settle(sim);
    }
    assert.deepEqual(
      values,
      Array.from({ length: count + 1 }, (_, i) => String(i)),
    );
  });

  it('the client goes away -> no watch is left', async () => {
    const sim = await started(0);
    await written(sim, 'e/1', 'a');
    const [following, waiting] = [observe(sim, 'e'), observe(sim, 'f')];
    await settle(sim);
    following.cancel();
    waiting.cancel();
    await settle(sim);
    assert.equal(sim.openCalls, 0);
    assert.equal(sim.member.hub.interest(utf8Bytes('e/1')), 'none');
    assert.equal(sim.member.hub.interest(utf8Bytes('f/1')), 'none');
  });

  it('the server stops -> told', async () => {
    const sim = await started(0);
    const call = observe(sim, 'e');
    await settle(sim);
    sim.endCalls();
    assert.equal(call.failure?.message, 'etcdserver: server stopped');
  });
});
