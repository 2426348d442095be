import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfChange, ConfChangeType } from '../../../../src/pb/index.ts';
import type { ProposeOutcome } from '../../../../src/raft/index.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import {
  ConfChangeProposals,
  confChangesWaitingMax,
} from '../../../../src/server/node/conf-change-proposals.ts';
import { RequestIds } from '../../../../src/server/node/request-ids.ts';

const APPENDED: ProposeOutcome = { kind: 'appended', index: 5, term: 2 };
const PENDING: ProposeOutcome = { kind: 'dropped', reason: 'conf-change-pending' };

function setUp() {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, wallMs: () => 0 };
  const offered: ConfChange[] = [];
  const raft = {
    outcome: APPENDED,
    proposeConfChange(change: ConfChange): ProposeOutcome {
      offered.push(change);
      return raft.outcome;
    },
  };
  let wakes = 0;
  const wake = (): void => void wakes++;
  const proposals = new ConfChangeProposals(
    { requestTimeoutMs: 7000 },
    { ids: new RequestIds(1n, 0), clock, wake },
  );
  const ends: string[] = [];
  const refused = new Set<bigint>();
  const refusal = (nodeId: bigint) => () =>
    refused.has(nodeId) ? new ServerError('SERVER_UNHEALTHY', 'not any more') : undefined;
  const propose = (nodeId: bigint): void =>
    proposals.propose(
      {
        change: { type: ConfChangeType.ConfChangeRemoveNode, nodeId, context: undefined },
        refusal: refusal(nodeId),
      },
      (error) => ends.push(`${nodeId} ${(error as { code?: string } | undefined)?.code ?? 'done'}`),
    );
  const offer = (): void => {
    proposals.offerTo(raft);
    proposals.checkInvariants();
  };
  const at = (ms: number): void => {
    nowMs = ms;
    proposals.expire(() => new ServerError('SERVER_TIMEOUT', 'late'));
  };
  return { proposals, propose, refused, offer, at, raft, offered, ends, wakes: () => wakes };
}

describe('conf change proposals', () => {
  it('NODE-I10: several at once -> each is offered when the one before is applied', () => {
    const { proposals, propose, offer, offered, ends, wakes } = setUp();
    for (const id of [1n, 2n, 3n]) propose(id);
    offer();
    offer();
    assert.deepEqual(
      offered.map(({ nodeId }) => nodeId),
      [1n],
    );
    const woken = wakes();
    proposals.settle(offered[0]?.id ?? 0n, undefined);
    assert.equal(wakes(), woken + 1);
    offer();
    proposals.settle(offered[1]?.id ?? 0n, new Error('refused'));
    offer();
    assert.deepEqual(
      offered.map(({ nodeId }) => nodeId),
      [1n, 2n, 3n],
    );
    assert.deepEqual(ends, ['1 done', '2 done']);
  });

  it('NODE-I10: raft drops it for now -> offered again, until its time is over', () => {
    const { propose, offer, at, raft, offered, ends } = setUp();
    raft.outcome = PENDING;
    propose(1n);
    offer();
    at(3000);
    propose(2n);
    offer();
    assert.equal(offered.length, 2);
    at(7000);
    raft.outcome = APPENDED;
    offer();
    assert.deepEqual(ends, ['1 SERVER_NEVER_TAKEN']);
    assert.equal(offered.at(-1)?.nodeId, 2n);
  });

  it('NODE-I10: one that is never applied -> the next is offered after its time-out', () => {
    const { propose, offer, at, offered } = setUp();
    propose(1n);
    offer();
    at(6000);
    propose(2n);
    offer();
    at(7000);
    offer();
    assert.deepEqual(
      offered.map(({ nodeId }) => nodeId),
      [1n, 2n],
    );
  });

  it('NODE-I10: not good any more after the one before -> refused, the next is offered', () => {
    const { proposals, propose, refused, offer, offered, ends } = setUp();
    for (const id of [1n, 2n, 3n]) propose(id);
    offer();
    refused.add(2n);
    proposals.settle(offered[0]?.id ?? 0n, undefined);
    offer();
    assert.deepEqual(ends, ['1 done', '2 SERVER_UNHEALTHY']);
    assert.deepEqual(
      offered.map(({ nodeId }) => nodeId),
      [1n, 3n],
    );
  });

  it('the last voter -> refused', () => {
    const { propose, offer, raft, ends } = setUp();
    raft.outcome = { kind: 'dropped', reason: 'last-voter' };
    propose(1n);
    offer();
    assert.deepEqual(ends, ['1 SERVER_NOT_ENOUGH_STARTED']);
  });

  it('confChangesWaitingMax -> more are turned away; stop -> all end', () => {
    const { proposals, propose, ends } = setUp();
    for (let at = 0; at < confChangesWaitingMax; at++) propose(BigInt(at));
    propose(5n);
    assert.deepEqual(ends, ['5 SERVER_TOO_MANY_REQUESTS']);
    proposals.stop();
    assert.equal(ends.length, confChangesWaitingMax + 1);
    assert.equal(ends.at(-1), `${confChangesWaitingMax - 1} SERVER_STOPPED`);
  });
});
