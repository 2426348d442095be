/** Every role meets every event: member 1 of voters 1, 2, 3, in term 5, with all options on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState, MessageType, Snapshot } from '../../../src/pb/index.ts';
import type { RoleName } from '../../../src/raft/index.ts';
import { Disk } from '../../support/raft/disk.ts';
import { entriesOf, payload } from '../../support/raft/entries.ts';
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
  | 'transfer vote request, newer term'
  | 'pre-vote request'
  | 'pre-vote request, newer term'
  | 'pre-vote request, older term'
  | 'pre-vote granted'
  | 'pre-vote refused'
  | 'pre-vote refused, newer term'
  | 'timeout now'
  | 'transfer leader'
  | 'snapshot'
  | 'snapshot, older term'
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
    preVote: true,
    checkQuorum: true,
    disk: Disk.of({ hardState, confState, entries: entriesOf([1]), applied: 1 }),
  });
}

const make: Record<RoleName, () => Member> = {
  follower: () => {
    const made = member(5);
    made.receive({ type: MessageType.MsgHeartbeat });
    return made;
  },
  'pre-candidate': () => {
    const made = member(5);
    made.raft.campaign();
    return made;
  },
  candidate: () => {
    const made = member(4);
    made.raft.campaign();
    made.receive({ type: MessageType.MsgPreVoteResp, term: 5 });
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

const {
  MsgApp,
  MsgAppResp,
  MsgHeartbeat,
  MsgPreVote,
  MsgPreVoteResp,
  MsgSnap,
  MsgTimeoutNow,
  MsgTransferLeader,
  MsgVote,
  MsgVoteResp,
} = MessageType;
const last = { index: 1, logTerm: 1 };
const snapshot = Snapshot.create({
  metadata: { index: 7, term: 3, confState: ConfState.create({ voters: [1n, 2n, 3n] }) },
});

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
  'transfer vote request, newer term': (on) =>
    on.receive({
      type: MsgVote,
      ...last,
      from: 3n,
      term: 6,
      context: payload('CampaignTransfer'),
    }),
  'pre-vote request': (on) => on.receive({ type: MsgPreVote, ...last, from: 3n }),
  'pre-vote request, newer term': (on) =>
    on.receive({ type: MsgPreVote, ...last, from: 3n, term: 6 }),
  'pre-vote request, older term': (on) =>
    on.receive({ type: MsgPreVote, ...last, from: 3n, term: 4 }),
  'pre-vote granted': (on) => on.receive({ type: MsgPreVoteResp, term: 6 }),
  'pre-vote refused': (on) => {
    on.receive({ type: MsgPreVoteResp, reject: true, from: 2n });
    on.receive({ type: MsgPreVoteResp, reject: true, from: 3n });
  },
  'pre-vote refused, newer term': (on) =>
    on.receive({ type: MsgPreVoteResp, reject: true, term: 6 }),
  'timeout now': (on) => on.receive({ type: MsgTimeoutNow }),
  'transfer leader': (on) => on.receive({ type: MsgTransferLeader, from: 3n }),
  snapshot: (on) => on.receive({ type: MsgSnap, snapshot }),
  'snapshot, older term': (on) => on.receive({ type: MsgSnap, snapshot, term: 4 }),
  proposal: (on) => on.raft.propose([Uint8Array.of(1)]),
  read: (on) => on.raft.readIndex(Uint8Array.of(1)),
};

const votes = (term: number): string => `Vote>2@${term} Vote>3@${term}`;

const preVotes = 'PreVote>2@6 PreVote>3@6';

const table: Record<RoleName, Record<Input, Expected>> = {
  follower: {
    'election timeout': ['pre-candidate', 5, 0n, preVotes],
    'heartbeat timeout': ['follower', 5, 2n, ''],
    campaign: ['pre-candidate', 5, 0n, preVotes],
    append: ['follower', 5, 2n, 'AppResp>2@5'],
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['follower', 5, 2n, 'AppResp>2@5'],
    heartbeat: ['follower', 5, 2n, 'HeartbeatResp>2@5'],
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['follower', 5, 2n, 'AppResp>2@5'],
    'vote request': ['follower', 5, 2n, 'VoteResp>3@5!'],
    'vote request, newer term': ['follower', 5, 2n, ''],
    'vote request, older term': ['follower', 5, 2n, ''],
    'vote granted': ['follower', 5, 2n, ''],
    'vote refused': ['follower', 5, 2n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    'transfer vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'pre-vote request': ['follower', 5, 2n, 'PreVoteResp>3@5!'],
    'pre-vote request, newer term': ['follower', 5, 2n, ''],
    'pre-vote request, older term': ['follower', 5, 2n, 'PreVoteResp>3@5!'],
    'pre-vote granted': ['follower', 5, 2n, ''],
    'pre-vote refused': ['follower', 5, 2n, ''],
    'pre-vote refused, newer term': ['follower', 6, 0n, ''],
    'timeout now': ['candidate', 6, 0n, votes(6)],
    'transfer leader': ['follower', 5, 2n, 'TransferLeader>2@5'],
    snapshot: ['follower', 5, 2n, 'AppResp>2@5'],
    'snapshot, older term': ['follower', 5, 2n, ''],
    proposal: ['follower', 5, 2n, 'Prop>2@0'],
    read: ['follower', 5, 2n, 'ReadIndex>2@0'],
  },
  'pre-candidate': {
    'election timeout': ['pre-candidate', 5, 0n, preVotes],
    'heartbeat timeout': ['pre-candidate', 5, 0n, ''],
    campaign: ['pre-candidate', 5, 0n, preVotes],
    append: ['follower', 5, 2n, 'AppResp>2@5'],
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['pre-candidate', 5, 0n, 'AppResp>2@5'],
    heartbeat: ['follower', 5, 2n, 'HeartbeatResp>2@5'],
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['pre-candidate', 5, 0n, 'AppResp>2@5'],
    'vote request': ['pre-candidate', 5, 0n, 'VoteResp>3@5'],
    'vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'vote request, older term': ['pre-candidate', 5, 0n, ''],
    'vote granted': ['pre-candidate', 5, 0n, ''],
    'vote refused': ['pre-candidate', 5, 0n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    'transfer vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'pre-vote request': ['pre-candidate', 5, 0n, 'PreVoteResp>3@5'],
    'pre-vote request, newer term': ['pre-candidate', 5, 0n, 'PreVoteResp>3@6'],
    'pre-vote request, older term': ['pre-candidate', 5, 0n, 'PreVoteResp>3@5!'],
    'pre-vote granted': ['candidate', 6, 0n, votes(6)],
    'pre-vote refused': ['follower', 5, 0n, ''],
    'pre-vote refused, newer term': ['follower', 6, 0n, ''],
    'timeout now': ['pre-candidate', 5, 0n, ''],
    'transfer leader': ['pre-candidate', 5, 0n, ''],
    snapshot: ['follower', 5, 2n, 'AppResp>2@5'],
    'snapshot, older term': ['pre-candidate', 5, 0n, ''],
    proposal: ['pre-candidate', 5, 0n, ''],
    read: ['pre-candidate', 5, 0n, ''],
  },
  candidate: {
    'election timeout': ['pre-candidate', 5, 0n, preVotes],
    'heartbeat timeout': ['candidate', 5, 0n, ''],
    campaign: ['pre-candidate', 5, 0n, preVotes],
    append: ['follower', 5, 2n, 'AppResp>2@5'],
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['candidate', 5, 0n, 'AppResp>2@5'],
    heartbeat: ['follower', 5, 2n, 'HeartbeatResp>2@5'],
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['candidate', 5, 0n, 'AppResp>2@5'],
    'vote request': ['candidate', 5, 0n, 'VoteResp>3@5!'],
    'vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'vote request, older term': ['candidate', 5, 0n, ''],
    'vote granted': ['leader', 5, 1n, 'App>2@5 App>3@5'],
    'vote refused': ['follower', 5, 0n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    'transfer vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6'],
    'pre-vote request': ['candidate', 5, 0n, 'PreVoteResp>3@5!'],
    'pre-vote request, newer term': ['candidate', 5, 0n, 'PreVoteResp>3@6'],
    'pre-vote request, older term': ['candidate', 5, 0n, 'PreVoteResp>3@5!'],
    'pre-vote granted': ['candidate', 5, 0n, ''],
    'pre-vote refused': ['candidate', 5, 0n, ''],
    'pre-vote refused, newer term': ['follower', 6, 0n, ''],
    'timeout now': ['candidate', 5, 0n, ''],
    'transfer leader': ['candidate', 5, 0n, ''],
    snapshot: ['follower', 5, 2n, 'AppResp>2@5'],
    'snapshot, older term': ['candidate', 5, 0n, ''],
    proposal: ['candidate', 5, 0n, ''],
    read: ['candidate', 5, 0n, ''],
  },
  leader: {
    // It has heard of nobody, so CheckQuorum makes it step down.
    'election timeout': ['follower', 5, 0n, 'Heartbeat>2@5 Heartbeat>3@5 '.repeat(4).trim()],
    'heartbeat timeout': ['leader', 5, 1n, 'Heartbeat>2@5 Heartbeat>3@5'],
    campaign: ['leader', 5, 1n, ''],
    append: 'RAFT_DIVERGED',
    'append, newer term': ['follower', 6, 2n, 'AppResp>2@6'],
    'append, older term': ['leader', 5, 1n, 'AppResp>2@5'],
    heartbeat: 'RAFT_DIVERGED',
    'heartbeat, newer term': ['follower', 6, 2n, 'HeartbeatResp>2@6'],
    'heartbeat, older term': ['leader', 5, 1n, 'AppResp>2@5'],
    'vote request': ['leader', 5, 1n, 'VoteResp>3@5!'],
    'vote request, newer term': ['leader', 5, 1n, ''],
    'vote request, older term': ['leader', 5, 1n, ''],
    'vote granted': ['leader', 5, 1n, ''],
    'vote refused': ['leader', 5, 1n, ''],
    'vote refused, newer term': ['follower', 6, 0n, ''],
    'append answer, newer term': ['follower', 6, 0n, ''],
    // The leader has an entry of term 5, the other one has not.
    'transfer vote request, newer term': ['follower', 6, 0n, 'VoteResp>3@6!'],
    'pre-vote request': ['leader', 5, 1n, 'PreVoteResp>3@5!'],
    'pre-vote request, newer term': ['leader', 5, 1n, ''],
    'pre-vote request, older term': ['leader', 5, 1n, 'PreVoteResp>3@5!'],
    'pre-vote granted': ['leader', 5, 1n, ''],
    'pre-vote refused': ['leader', 5, 1n, ''],
    'pre-vote refused, newer term': ['follower', 6, 0n, ''],
    'timeout now': ['leader', 5, 1n, ''],
    'transfer leader': ['leader', 5, 1n, ''],
    snapshot: 'RAFT_DIVERGED',
    'snapshot, older term': ['leader', 5, 1n, ''],
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
