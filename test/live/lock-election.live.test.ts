/** The Lock and Election services, and etcdctl's own locks, against etcd and against us. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { etcdctls, liveSkipReason, MemberProcess, run } from '../support/processes.ts';
import { linesOfBoth, type RawScript } from './raw-script.ts';

const skip = liveSkipReason('etcd', 'etcdctl');

const bytes = (text: string): Buffer => Buffer.from(text);
const LOCK = '/v3lockpb.Lock/Lock';
const UNLOCK = '/v3lockpb.Lock/Unlock';
const ELECTION = '/v3electionpb.Election/';
const KV = '/etcdserverpb.KV/';

async function leases(script: RawScript, ...ids: number[]): Promise<void> {
  for (const ID of ids) await script.call('/etcdserverpb.Lease/LeaseGrant', { TTL: 600, ID });
}

async function locks(script: RawScript): Promise<void> {
  await leases(script, 77, 78, -79);
  await script.call(LOCK, { name: bytes('none') });
  await script.call(LOCK, { name: bytes('b'), lease: 77 });
  await script.call(LOCK, { name: bytes('b'), lease: 77 });
  await script.call(LOCK, { name: bytes('b'), lease: 123456 });
  await script.call(LOCK, { name: bytes('negative'), lease: -79 });
  await script.call(LOCK, { name: bytes('negative'), lease: -1 });
  await script.call(LOCK, {});
  await script.call(UNLOCK, {});
  await script.call(UNLOCK, { key: bytes('nothing') });
}

async function contendedLocks(script: RawScript): Promise<void> {
  await leases(script, 77, 78, 79);
  await script.call(LOCK, { name: bytes('b'), lease: 77 });
  const second = await script.waiting(LOCK, { name: bytes('b'), lease: 78 });
  const third = await script.waiting(LOCK, { name: bytes('b'), lease: 79 });
  await script.call(`${KV}Range`, { key: bytes('b/'), rangeEnd: bytes('b0') });
  await script.call(`${KV}Put`, { key: bytes('other') });
  await script.call(UNLOCK, { key: bytes('b/4d') });
  await second();
  await script.call(UNLOCK, { key: bytes('b/4e') });
  await third();
  // A waiter whose own key is gone; its lock is freed later.
  const expired = await script.waiting(LOCK, { name: bytes('b'), lease: 77 });
  await script.call(`${KV}DeleteRange`, { key: bytes('b/4d') });
  await script.call(UNLOCK, { key: bytes('b/4f') });
  await expired();
}

async function elections(script: RawScript): Promise<void> {
  const e = bytes('e');
  await leases(script, 77);
  await script.call(`${ELECTION}Leader`, { name: e });
  await script.call(`${ELECTION}Campaign`, { name: e, lease: 77, value: bytes('a') });
  await script.call(`${ELECTION}Campaign`, { name: e, lease: 77, value: bytes('a') });
  const { leader } = await script.call(`${ELECTION}Campaign`, {
    name: e,
    lease: 77,
    value: bytes('b'),
  });
  const is = leader as Record<string, unknown>;
  await script.call(`${ELECTION}Leader`, { name: e });
  for (const request of [
    { leader: is, value: bytes('c') },
    { leader: { ...is, rev: 1 }, value: bytes('d') },
    { leader: { ...is, lease: 0 }, value: bytes('e') },
    { leader: { ...is, lease: 99999 }, value: bytes('f') },
    { leader: { ...is, key: bytes('') }, value: bytes('g') },
    { leader: {} },
    {},
  ]) {
    await script.call(`${ELECTION}Proclaim`, request);
  }
  await script.call(`${ELECTION}Leader`, { name: e });
  for (const request of [{}, { leader: {} }, { leader: { ...is, rev: 1 } }, { leader: is }]) {
    await script.call(`${ELECTION}Resign`, request);
  }
  await script.call(`${ELECTION}Leader`, { name: e });
  await script.call(`${ELECTION}Campaign`, { name: e, lease: 4242, value: bytes('x') });
}

async function observedElections(script: RawScript): Promise<void> {
  const e = bytes('e');
  await leases(script, 77, 78);
  await script.during(`${ELECTION}Observe`, { name: e }, async () => {
    const campaign = { name: e, lease: 77, value: bytes('a') };
    const { leader } = await script.call(`${ELECTION}Campaign`, campaign);
    const next = await script.waiting(`${ELECTION}Campaign`, { name: e, lease: 78 });
    await script.call(`${ELECTION}Proclaim`, { leader, value: bytes('b') });
    await script.call(`${ELECTION}Resign`, { leader });
    const won = await next();
    await script.call(`${ELECTION}Proclaim`, { leader: won['leader'], value: bytes('c') });
    await script.call(`${KV}Put`, { key: bytes('e/4e'), value: bytes('d') });
    await script.call(`${ELECTION}Resign`, { leader: won['leader'] });
  });
}

describe('locks and elections: etcd and etcd-ts', { skip }, () => {
  for (const script of [locks, contendedLocks, elections, observedElections]) {
    it(`${script.name}: same answers`, async () => {
      const { real, ours } = await linesOfBoth(script);
      assert.deepEqual(ours, real);
    });
  }
});

describe('etcdctl lock and elect', { skip }, () => {
  for (const etcdctl of skip === false ? etcdctls() : []) {
    const env = { ETCDCTL_API: '3' };

    it(`${etcdctl}: many lock at once -> one at a time`, async () => {
      const member = await MemberProcess.start({ kind: 'etcd-ts' });
      try {
        const log = join(member.folder, 'log');
        const critical = `echo in >> ${log}; sleep 0.05; echo out >> ${log}`;
        const args = [`--endpoints=${member.endpoint}`, 'lock', 'l', '--', 'sh', '-c', critical];
        const runs = await Promise.all(
          Array.from({ length: 6 }, () => run(etcdctl, args, { env, timeoutMs: 60_000 })),
        );
        assert.deepEqual(
          runs.map(({ code }) => code),
          runs.map(() => 0),
        );
        assert.equal(readFileSync(log, 'utf8'), 'in\nout\n'.repeat(runs.length));
      } finally {
        await member.dispose();
      }
    });

    it(`${etcdctl}: candidates and a listener -> each leader in its turn`, async () => {
      const member = await MemberProcess.start({ kind: 'etcd-ts' });
      const started: ElectProcess[] = [];
      const elect = (...words: string[]): ElectProcess => {
        const process = new ElectProcess(etcdctl, [`--endpoints=${member.endpoint}`, ...words]);
        started.push(process);
        return process;
      };
      try {
        const listener = elect('elect', '-l', 'e');
        const first = elect('elect', 'e', 'one');
        await listener.shows('one');
        // Interrupted before it knows that it has won, etcdctl would not resign.
        await first.shows('one');
        const second = elect('elect', 'e', 'two');
        first.interrupt();
        await second.shows('two');
        await listener.shows('two');
      } finally {
        for (const process of started) process.kill();
        await member.dispose();
      }
    });
  }
});

/** An `etcdctl elect` that runs until it is interrupted. */
class ElectProcess {
  readonly #child: ReturnType<typeof spawn>;
  #output = '';
  #onOutput: () => void = () => undefined;

  constructor(etcdctl: string, args: readonly string[]) {
    this.#child = spawn(etcdctl, args, { env: { ...process.env, ETCDCTL_API: '3' } });
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.#onOutput();
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
  }

  /** Resolves when a line like this was printed; rejects after a while. */
  async shows(line: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new TypeError(`no "${line}" in: ${this.#output}`)),
        10_000,
      );
      this.#onOutput = () => {
        if (!this.#output.split('\n').includes(line)) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onOutput();
    });
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
