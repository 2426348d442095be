import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeaderTransfers } from '../../../../src/server/node/leader-transfer.ts';

function observed() {
  const asked: bigint[] = [];
  const ends: string[] = [];
  const time = { nowMs: 0 };
  const transfers = new LeaderTransfers(
    { requestTimeoutMs: 7000 },
    {
      raft: { leader: 1n, transferLeadership: (to) => asked.push(to) },
      clock: { monotonicMs: () => time.nowMs, wallMs: () => 0 },
    },
  );
  const begin = (to: bigint): void =>
    transfers.begin(to, (error) => ends.push(`${to} ${error?.code ?? 'leads'}`));
  return { asked, ends, time, transfers, begin };
}

describe('leader transfers', () => {
  it('the target leads -> done; another one does -> still waiting', () => {
    const { asked, ends, transfers, begin } = observed();
    begin(2n);
    transfers.leaderIs(0n);
    transfers.leaderIs(3n);
    assert.deepEqual([asked, ends], [[2n], []]);
    transfers.leaderIs(2n);
    transfers.leaderIs(2n);
    assert.deepEqual(ends, ['2 leads']);
  });

  it('to the leader itself -> done at once, and raft is not asked', () => {
    const { asked, ends, begin } = observed();
    begin(1n);
    assert.deepEqual([asked, ends], [[], ['1 leads']]);
  });

  it('the target does not come to lead -> a time-out of its own; a stop -> server stopped', () => {
    const { ends, time, transfers, begin } = observed();
    begin(2n);
    time.nowMs = 6999;
    begin(3n);
    transfers.expire();
    assert.deepEqual(ends, []);
    time.nowMs = 7000;
    transfers.expire();
    transfers.stop();
    assert.deepEqual(ends, ['2 SERVER_TRANSFER_TIMEOUT', '3 SERVER_STOPPED']);
  });
});
