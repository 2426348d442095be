/**
 * A follower that loses power, or whose disk fails, at any call of taking in its leader's state: the
 * next start has the former state or the new one, whole, and goes on.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { PowerLossError } from '../sim/memory-file-system.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import type { SimDisks } from '../sim/sim-disks.ts';
import { assertEqual, lagging, writeMany } from '../support/server/installs.ts';
import { MemberPair } from '../support/server/member-pair.ts';

const KV = '/data/member/kv';
const SNAP = '/data/member/snap';

interface Left {
  readonly leader: SimDisks;
  readonly follower: SimDisks;
}

let left: Left;
/** Calls to the follower's disks from its start until nothing of the former state is there. */
let calls: readonly string[];

/** Starts the follower, which gets the leader's state at once. */
async function install(pair: MemberPair): Promise<void> {
  await pair.follower.start();
  await pair.caughtUp();
  await pair.until(() => isTidy(pair.follower.disks));
}

function isTidy({ files }: SimDisks): boolean {
  const hasImage = files.list(SNAP).some((name) => name.endsWith('.db'));
  return !hasImage && files.list(KV).filter((name) => /^\d+$/.test(name)).length === 1;
}

describe("crash: the leader's state is being put in place", () => {
  before(async () => {
    const pair = await lagging();
    await pair.follower.stop();
    await pair.leader.stop();
    left = { leader: pair.leader.disks, follower: pair.follower.disks };
    const probe = await MemberPair.resume(left);
    const { files } = probe.follower.disks;
    const first = files.calls;
    await install(probe);
    assert.equal(probe.snapshotsSent, 1);
    calls = files.trace.slice(first);
  });

  it('INSTALL-I11: power lost at any call -> the next start ends it, or begins anew', async () => {
    assert.ok(
      calls.some((call) => call.startsWith(`rename ${KV}`)),
      calls.join('\n'),
    );
    const found = new Map<string, number>();
    for (let count = 0; count < calls.length; count++) {
      const pair = await MemberPair.resume(left);
      const { follower } = pair;
      follower.disks.files.losePowerAfter(count);
      await assert.rejects(install(pair), PowerLossError, `call ${count}`);
      follower.losePower(new SeededRandom(count));
      const files = follower.disks.files.list(KV);
      found.set(files.join(), (found.get(files.join()) ?? 0) + 1);
      await install(pair);
      await writeMany(pair, 3);
      await assertEqual(pair);
    }
    assert.ok(found.size > 1, [...found.keys()].join(' '));
  });

  it('INSTALL-I11: no room, or an error, while it arrives -> the member goes on, and gets it again', async () => {
    let arriving = 0;
    for (const [at, call] of calls.entries()) {
      if (!/tmp-image/.test(call)) continue;
      arriving++;
      for (const code of ['FILE_NO_SPACE', 'FILE_IO'] as const) {
        const pair = await MemberPair.resume(left);
        const { follower } = pair;
        follower.disks.files.failCall(at + 1, code);
        await install(pair);
        assert.deepEqual(follower.disks.files.refused, [call]);
        await writeMany(pair, 3);
        await assertEqual(pair);
      }
    }
    assert.ok(arriving > 3, calls.join('\n'));
  });

  it('INSTALL-I11: any call fails -> fatal, or nothing lost; the next start goes on', async () => {
    let fatals = 0;
    for (let nth = 1; nth <= calls.length; nth++) {
      const pair = await MemberPair.resume(left);
      const { follower } = pair;
      follower.disks.files.failCall(nth, 'FILE_IO');
      await follower.start().then(
        () => pair.until(() => follower.fatals.length > 0 || isCaughtUp(pair)),
        () => undefined,
      );
      fatals += follower.fatals.length;
      assert.ok(follower.fatals.length <= 1, `call ${nth}`);
      follower.losePower(new SeededRandom(nth));
      follower.fatals.length = 0;
      await install(pair);
      await assertEqual(pair);
    }
    assert.ok(fatals > 10, String(fatals));
  });
});

function isCaughtUp({ leader, follower }: MemberPair): boolean {
  return (
    leader.member.raft.appliedIndex === follower.member.raft.appliedIndex && isTidy(follower.disks)
  );
}
