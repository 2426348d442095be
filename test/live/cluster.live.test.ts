/** Three processes of ours: served by any of them, and what they survive. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, decodeResponse, encodeRequest, KV, openStream } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import {
  freePort,
  liveSkipReason,
  MemberProcess,
  type RunResult,
  realTool,
  run,
} from '../support/processes.ts';
import { SteadyWriters } from '../support/steady-writers.ts';

const skip = liveSkipReason('etcdctl');

/** Shorter than an election could be that somebody's death has brought about. */
const UNNOTICED_MS = 900;
const KILLS = 3;

const bytes = (text: string): Uint8Array => Buffer.from(text);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a cluster of three', { skip }, () => {
  let cluster: LiveCluster;
  before(async () => {
    cluster = await LiveCluster.start(3);
  });
  after(async () => {
    await cluster.dispose();
  });

  async function etcdctl(...args: string[]): Promise<RunResult> {
    return run(realTool('etcdctl') ?? 'etcdctl', [`--endpoints=${cluster.endpoints}`, ...args]);
  }

  async function follower(): Promise<MemberProcess> {
    const leader = await cluster.leader();
    const found = cluster.members.find((member) => member !== leader);
    assert.ok(found !== undefined);
    return found;
  }

  it('put through each member -> read through all, linearizable and not', async () => {
    for (const [at, member] of cluster.members.entries()) {
      await KV.put(cluster.client(member), bytes(`any/${at}`), bytes('v'));
      for (const other of cluster.members) {
        assert.equal(await KV.get(cluster.client(other), bytes(`any/${at}`)), 'v');
      }
    }
    await cluster.equalHash();
    for (const member of cluster.members) {
      const request = { key: bytes('any/0'), serializable: true };
      const answer = await call(cluster.client(member), '/etcdserverpb.KV/Range', request);
      assert.equal(answer['count'], '1');
    }
  });

  it('watch through a follower -> sees what was put through the leader', async () => {
    const path = '/etcdserverpb.Watch/Watch';
    const stream = openStream(cluster.client(await follower()), path);
    stream.on('error', () => undefined);
    const seen = new Promise<string>((resolve) => {
      stream.on('data', (message: Buffer) => {
        const { events } = decodeResponse(path, message) as { events: { kv: { value: Buffer } }[] };
        for (const { kv } of events) resolve(kv.value.toString());
      });
    });
    const created = new Promise((resolve) => stream.once('data', resolve));
    stream.write(encodeRequest(path, { createRequest: { key: 'watched' } }));
    await created;
    await KV.put(cluster.client(await cluster.leader()), bytes('watched'), bytes('news'));
    assert.equal(await seen, 'news');
    stream.cancel();
  });

  it('lease through a follower -> granted, kept alive, told of, and gone in the end', async () => {
    const client = cluster.client(await follower());
    const granted = await call(client, '/etcdserverpb.Lease/LeaseGrant', { TTL: 2 });
    const ID = String(granted['ID']);
    await call(client, '/etcdserverpb.KV/Put', { key: 'leased', value: 'v', lease: ID });
    const path = '/etcdserverpb.Lease/LeaseKeepAlive';
    const stream = openStream(client, path);
    stream.on('error', () => undefined);
    const ttls: string[] = [];
    stream.on('data', (answer: Buffer) => ttls.push(String(decodeResponse(path, answer)['TTL'])));
    for (let second = 0; second < 4; second++) {
      stream.write(encodeRequest(path, { ID }));
      await pause(1000);
    }
    stream.end();
    assert.deepEqual(ttls, ['2', '2', '2', '2']);
    const left = await call(client, '/etcdserverpb.Lease/LeaseTimeToLive', { ID, keys: true });
    assert.equal(left['grantedTTL'], '2');
    assert.deepEqual((left['keys'] as Buffer[]).map(String), ['leased']);
    await pause(3500);
    assert.equal(await KV.get(client, bytes('leased')), undefined);
    const gone = await call(client, '/etcdserverpb.Lease/LeaseTimeToLive', { ID });
    assert.equal(gone['TTL'], '-1');
  });

  it('member list and endpoint status -> three started members, one of them leads', async () => {
    const list = await etcdctl('member', 'list');
    assert.equal(list.stdout.match(/ started,/g)?.length, 3, list.stdout);
    const status = await etcdctl('endpoint', 'status');
    assert.equal(status.stdout.match(/, true, false,/g)?.length, 1, status.stdout);
  });

  it('move-leader -> the other one leads', async () => {
    const target = await follower();
    const { id } = await cluster.status(target);
    const moved = await etcdctl('move-leader', BigInt(id).toString(16));
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal(await cluster.leader(), target);
  });

  it('kill -9 of the leader under puts -> they go on, and none that was answered is lost', {
    timeout: 120_000,
  }, async (t) => {
    for (let kill = 0; kill < KILLS; kill++) {
      const leader = await cluster.leader();
      const { term } = await cluster.status(leader);
      const survivor = await follower();
      const survivors = cluster.members.filter((member) => member !== leader);
      const clients = survivors.map((member) => cluster.client(member));
      const writers = new SteadyWriters(clients, `kill/${kill}/`);
      await pause(500);
      const killedAtMs = performance.now();
      await leader.kill();
      const resumedMs = await writers.untilResumed(killedAtMs);
      t.diagnostic(`writes were back after ${resumedMs} ms`);
      assert.ok(resumedMs < (await cluster.failoverMsMax(term, survivor)), `${resumedMs} ms`);
      await pause(500);
      await leader.restart();
      await writers.stop();
      await cluster.equalHash();
      for (const member of cluster.members) await writers.checkNoneLost(cluster.client(member));
    }
  });

  it('kill -9 of a follower under puts -> nobody notices', { timeout: 60_000 }, async (t) => {
    const leader = await cluster.leader();
    const victim = await follower();
    const survivors = cluster.members.filter((member) => member !== victim);
    const clients = survivors.map((member) => cluster.client(member));
    const writers = new SteadyWriters(clients, 'kill/follower/');
    await pause(500);
    await victim.kill();
    await pause(2000);
    await victim.restart();
    await pause(500);
    await writers.stop();
    t.diagnostic(`longest gap between answers: ${Math.round(writers.longestGapMs)} ms`);
    assert.ok(writers.longestGapMs < UNNOTICED_MS);
    assert.equal(await cluster.leader(), leader);
    await cluster.equalHash();
    await writers.checkNoneLost(cluster.client(victim));
  });

  it('SIGTERM of the leader under puts -> it hands over first, without an election time-out', {
    timeout: 60_000,
  }, async (t) => {
    const leader = await cluster.leader();
    const survivors = cluster.members.filter((member) => member !== leader);
    const clients = survivors.map((member) => cluster.client(member));
    const writers = new SteadyWriters(clients, 'term/');
    await pause(500);
    assert.equal(await leader.stop(), -15);
    await pause(500);
    await leader.restart();
    await writers.stop();
    t.diagnostic(`longest gap between answers: ${Math.round(writers.longestGapMs)} ms`);
    assert.ok(writers.longestGapMs < UNNOTICED_MS);
    await cluster.equalHash();
    await writers.checkNoneLost(cluster.client(leader));
  });

  it('all killed at once under puts, and started -> none that was answered is lost', {
    timeout: 60_000,
  }, async () => {
    const clients = cluster.members.map((member) => cluster.client(member));
    const writers = new SteadyWriters(clients, 'all/');
    await pause(1000);
    await Promise.all(cluster.members.map((member) => member.kill()));
    await writers.stop();
    await Promise.all(cluster.members.map((member) => member.restart()));
    await cluster.leader();
    await cluster.equalHash();
    for (const client of clients) await writers.checkNoneLost(client);
  });

  it('two of three stopped -> nothing is acknowledged; started again -> all goes on', {
    timeout: 60_000,
  }, async () => {
    const [one, two, three] = cluster.members;
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    await Promise.all([one.stop(), two.stop()]);
    await assert.rejects(KV.put(cluster.client(three), bytes('alone'), bytes('v')));
    await Promise.all([one.restart(), two.restart()]);
    await KV.put(cluster.client(three), bytes('together'), bytes('v'));
    await cluster.equalHash();
  });

  it('all stopped and started -> the same state', { timeout: 60_000 }, async () => {
    const hash = await cluster.equalHash();
    const codes = await Promise.all(cluster.members.map((member) => member.stop()));
    assert.deepEqual(codes, [-15, -15, -15]);
    await Promise.all(cluster.members.map((member) => member.restart()));
    assert.equal(await cluster.equalHash(), hash);
    await KV.put(cluster.client(await cluster.leader()), bytes('after'), bytes('v'));
  });

  it('member add and remove -> a fourth catches up, and ends when it is removed', {
    timeout: 60_000,
  }, async () => {
    const peerPort = await freePort();
    // Changes are refused while members have not been connected for 5 s.
    await pause(5500);
    const added = await etcdctl('member', 'add', 'm3', `--peer-urls=http://127.0.0.1:${peerPort}`);
    assert.equal(added.code, 0, added.stderr);
    const fourth = await MemberProcess.start({
      kind: 'etcd-ts',
      name: 'm3',
      peerPort,
      initialCluster: /ETCD_INITIAL_CLUSTER="([^"]*)"/.exec(added.stdout)?.[1] ?? '',
      flags: ['--initial-cluster-state=existing'],
    });
    cluster.members.push(fourth);
    await cluster.equalHash();
    const { id } = await cluster.status(fourth);
    await pause(5500);
    const removed = await etcdctl('member', 'remove', BigInt(id).toString(16));
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal(await fourth.exited, 0);
    cluster.members.pop();
    await fourth.dispose();
    await KV.put(cluster.client(await cluster.leader()), bytes('three'), bytes('v'));
    await cluster.equalHash();
  });
});

describe('a member of ours in a real cluster', { skip: liveSkipReason('etcd', 'etcdctl') }, () => {
  const cluster = new LiveCluster();
  after(async () => {
    await cluster.dispose();
  });

  it('joins as learner, becomes a voter, leads, and holds the same', {
    timeout: 90_000,
  }, async () => {
    const real = await MemberProcess.start({ kind: 'etcd', name: 'real' });
    cluster.members.push(real);
    const etcdctl = async (member: MemberProcess, ...args: string[]): Promise<string> => {
      const path = realTool('etcdctl') ?? 'etcdctl';
      const { code, stdout, stderr } = await run(path, [`--endpoints=${member.endpoint}`, ...args]);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const putMany = async (member: MemberProcess, prefix: string): Promise<void> => {
      for (let n = 0; n < 200; n++) {
        await KV.put(cluster.client(member), bytes(`${prefix}/${n}`), bytes('v'.repeat(n)));
      }
    };
    await putMany(real, 'before');
    const peerPort = await freePort();
    const peerURLs = `--peer-urls=http://127.0.0.1:${peerPort}`;
    const added = await etcdctl(real, 'member', 'add', 'ours', '--learner', peerURLs);
    const ours = await MemberProcess.start({
      kind: 'etcd-ts',
      name: 'ours',
      peerPort,
      initialCluster: /ETCD_INITIAL_CLUSTER="([^"]*)"/.exec(added)?.[1] ?? '',
      flags: ['--initial-cluster-state=existing'],
    });
    cluster.members.push(ours);
    const hex = async (member: MemberProcess): Promise<string> =>
      BigInt((await cluster.status(member)).id).toString(16);
    const isLearner = async (member: MemberProcess): Promise<boolean> => {
      const path = '/etcdserverpb.Maintenance/Status';
      return (await call(cluster.client(member), path, {}))['isLearner'] === true;
    };
    await putMany(real, 'learning');
    await etcdctl(real, 'member', 'promote', await hex(ours));
    // It hears of that a moment later than who has asked for it.
    while (await isLearner(ours)) await pause(20);
    await putMany(ours, 'through ours');
    await cluster.equalHash();
    await etcdctl(real, 'move-leader', await hex(ours));
    assert.equal(await cluster.leader(), ours);
    await putMany(real, 'through the real one');
    await putMany(ours, 'led by ours');
    await cluster.equalHash();
    const { ID } = await call(cluster.client(real), '/etcdserverpb.Lease/LeaseGrant', { TTL: 30 });
    const lease = BigInt(String(ID)).toString(16);
    assert.match(await etcdctl(real, 'lease', 'keep-alive', '--once', lease), /TTL\(30\)/);
    assert.match(await etcdctl(real, 'lease', 'timetolive', lease), /granted with TTL\(30s\)/);
    await etcdctl(ours, 'move-leader', await hex(real));
    assert.match(await etcdctl(ours, 'lease', 'keep-alive', '--once', lease), /TTL\(30\)/);
    assert.match(await etcdctl(ours, 'lease', 'timetolive', lease), /granted with TTL\(30s\)/);
    await cluster.equalHash();
  });
});
