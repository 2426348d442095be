/** Every role meets every event: member 1 of voters 1, 2, 3, in term 5. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState, MessageType } from '../../../src/pb/index.ts';
import type { RoleName } from '../../../src/raft/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf } from '../../support/raft/entries.ts';
import { Member } from '../../support/raft/member.ts';

type Input =
  | 'election timeout'
  | 'heartbeat timeout'
  | 'campaign'
  | 'append'
  | 'append, newer term'
  | 'append, older term'
  | 'heartbeat'
  | 'heartbeat, newer term'
  | 'heartbeat, older term'
  | 'vote request'
  | 'vote request, newer term'
  | 'vote request, older term'
  | 'vote granted'
  | 'vote refused'
  | 'vote refused, newer term'
  | 'append answer, newer term'
  | 'proposal'
  | 'read';

/** Role, term and leader after the event, and the messages sent, as `type>to@term`. */
type Expected = readonly [RoleName, number, bigint, string] | 'RAFT_DIVERGED';

function member(term: number): Member {
  const hardState = { term, vote: 0n, commit: 1 };
  const confState = ConfState.create({ voters: [1n, 2n, 3n] });
  return new Member({
    id: 1n,
    electionTicks: 10,
    heartbeatTicks: 2,
    disk: Disk.of({ hardState, confState, entries: entriesOf([1]), applied: 1 }),
  });
}

const make: Record<RoleName, () => Member> = {
  follower: () => {
    const made = member(5);
    made.receive({ type: MessageType.MsgHeartbeat });
    return made;
  },
  candidate: () => {
    const made = member(4);
    made.raft.campaign();
    return made;
  },
  leader: () => {
    const made = make.candidate();
    made.settle();
    made.receive({ type: MessageType.MsgVoteResp });
    return made;
  },
};

function ticks(count: number): (on: Member) => void {
  return (on) => {
    for (let tick = 0; tick < count; tick++) on.raft.tick();
  };
}

const { MsgApp, MsgAppResp, MsgHeartbeat, MsgVote, MsgVoteResp } = MessageType;
const last = { index: 1, logTerm: 1 };

const inputs: Record<Input, (on: Member) => void> = {
  'election timeout': ticks(10),
  'heartbeat timeout': ticks(2),
  campaign: (on) => on.raft.campaign(),
  append: (on) => on.receive({ type: MsgApp, ...last }),
  'append, newer term': (on) => on.receive({ type: MsgApp, ...last, term: 6 }),
  'append, older term': (on) => on.receive({ type: MsgApp, ...last, term: 4 }),
  heartbeat: (on) => on.receive({ type: MsgHeartbeat }),
  'heartbeat, newer term': (on) => on.receive({ type: MsgHeartbeat, term: 6 }),
  'heartbeat, older term': (on) => on.receive({ type: MsgHeartbeat, term: 4 }),
  'vote request': (on) => on.receive({ type: MsgVote, ...last, from: 3n }),
  'vote request, newer term': (on) => on.receive({ type: MsgVote, ...last, from: 3n, term: 6 }),
  'vote request, older term': (on) => on.receive({ type: MsgVote, ...last, from: 3n, term: 4 }),
  'vote granted': (on) => on.receive({ type: MsgVoteResp }),
  'vote refused': (on) => {
    on.receive({ type: MsgVoteResp, reject: true, from: 2n });
    on.receive({ type: MsgVoteResp, reject: true, from: 3n });
  },
  'vote refused, newer term': (on) => on.receive({ type: MsgVoteResp, reject: true, term: 6 }),
  'append answer, newer term': (on) => on.receive({ type: MsgAppResp, term: 6 }),
  proposal: (on) => on.raft.propose([Uint8Array.of(1)]),
  read: (on) => on.raft.readIndex(Uint8Array.of(1)),
};

const votes = (term: number): string => `Vote>2@${term} Vote>3@${term}`;

const table: Record<RoleName, Record<Input, Expected>> = {
  follower: {
    'election timeout': ['candidate', 6, 0n, votes(6)],
    'heartbeat timeout': ['follower', 5, 2n, ''],
    campaign: ['candidate', 6, 0n, votes(6)],
    append: ['follower', 5, 2n, 'AppResp>2@5'],
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['follower', 5, 2n, 'AppResp>2@5'],
    heartbeat: ['follower', 5, 2n, 'HeartbeatResp>2@5'],
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['follower', 5, 2n, 'AppResp>2@5'],
    'vote request': ['follower', 5, 2n, 'VoteResp>3@5!'],
    'vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'vote request, older term': ['follower', 5, 2n, 'VoteResp>3@5!'],
    'vote granted': ['follower', 5, 2n, ''],
    'vote refused': ['follower', 5, 2n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    proposal: ['follower', 5, 2n, 'Prop>2@0'],
    read: ['follower', 5, 2n, 'ReadIndex>2@0'],
  },
  candidate: {
    'election timeout': ['candidate', 6, 0n, votes(6)],
    'heartbeat timeout': ['candidate', 5, 0n, ''],
    campaign: ['candidate', 6, 0n, votes(6)],
    append: ['follower', 5, 2n, 'AppResp>2@5'],
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['candidate', 5, 0n, 'AppResp>2@5'],
    heartbeat: ['follower', 5, 2n, 'HeartbeatResp>2@5'],
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['candidate', 5, 0n, 'AppResp>2@5'],
    'vote request': ['candidate', 5, 0n, 'VoteResp>3@5!'],
    'vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'vote request, older term': ['candidate', 5, 0n, 'VoteResp>3@5!'],
    'vote granted': ['leader', 5, 1n, 'App>2@5 App>3@5'],
    'vote refused': ['follower', 5, 0n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    proposal: ['candidate', 5, 0n, ''],
    read: ['candidate', 5, 0n, ''],
  },
  leader: {
    'election timeout': ['leader', 5, 1n, 'Heartbeat>2@5 Heartbeat>3@5 '.repeat(5).trim()],
    'heartbeat timeout': ['leader', 5, 1n, 'Heartbeat>2@5 Heartbeat>3@5'],
    campaign: ['leader', 5, 1n, ''],
    append: 'RAFT_DIVERGED',
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['leader', 5, 1n, 'AppResp>2@5'],
    heartbeat: 'RAFT_DIVERGED',
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['leader', 5, 1n, 'AppResp>2@5'],
    'vote request': ['leader', 5, 1n, 'VoteResp>3@5!'],
    // The leader has an entry of term 5, the other one has not.
    'vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6!'],
    'vote request, older term': ['leader', 5, 1n, 'VoteResp>3@5!'],
    'vote granted': ['leader', 5, 1n, ''],
    'vote refused': ['leader', 5, 1n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    // Both others are being probed, so the entry waits for their answers.
    proposal: ['leader', 5, 1n, ''],
    // It waits for the first commit of the term.
    read: ['leader', 5, 1n, ''],
  },
};

const typeNames = new Map<number, string>(
  Object.entries(MessageType).map(([name, type]) => [type, name.slice(3)]),
);

describe('roles: every role and event', () => {
  for (const [role, cells] of Object.entries(table)) {
    for (const [input, expected] of Object.entries(cells)) {
      it(`${role} + ${input} -> ${String(expected)}`, () => {
        const on = make[role as RoleName]();
        on.sent();
        const act = (): void => inputs[input as Input](on);
        if (expected === 'RAFT_DIVERGED') {
          assert.throws(act, { code: expected });
          return;
        }
        act();
        const messages = on
          .sent()
          .map((m) => `${typeNames.get(m.type)}>${m.to}@${m.term}${m.reject ? '!' : ''}`);
        const { role: now, term, leader } = on.raft;
        assert.deepEqual([now, term, leader, messages.join(' ')], expected);
      });
    }
  }
});
