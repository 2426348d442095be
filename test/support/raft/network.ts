/** Members in one process whose messages arrive, all and in order, when the test says so. */
import assert from 'node:assert/strict';
import { Member, type MemberOptions } from './member.ts';

export class Network {
  readonly members: ReadonlyMap<bigint, Member>;
  /** Members that neither send nor receive. */
  readonly isolated = new Set<bigint>();

  constructor(size: number, options: Omit<MemberOptions, 'id'> = {}) {
    const voters = Array.from({ length: size }, (_, at) => BigInt(at + 1));
    this.members = new Map(voters.map((id) => [id, new Member({ voters, ...options, id })]));
  }

  member(id: bigint): Member {
    const member = this.members.get(id);
    assert.ok(member !== undefined, `member ${id} exists`);
    return member;
  }

  /** Lets everyone work and deliver until nobody has anything left to do. */
  settle(): void {
    for (let round = 0; ; round++) {
      assert.ok(round < 10_000, 'a network without input comes to rest');
      const messages = [...this.members.values()].flatMap((member) => member.sent());
      if (messages.length === 0) return;
      for (const message of messages) {
        if (this.isolated.has(message.from) || this.isolated.has(message.to)) continue;
        this.members.get(message.to)?.raft.step(message);
      }
    }
  }

  /** Makes `id` stand for election and lets the outcome settle. */
  elect(id: bigint): Member {
    assert.ok(this.member(id).raft.campaign(), `member ${id} may stand`);
    this.settle();
    return this.member(id);
  }
}
