import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Member } from '../../../../src/server/membership/member.ts';
import {
  checkMayAdd,
  checkMayPromote,
  checkMayRemove,
  type QuorumView,
} from '../../../../src/server/membership/quorum-rules.ts';

const NOW_MS = 100_000;
const VOTER = { isLearner: false };
const LEARNER = { isLearner: true };

/**
 * Members by letter: `v` a started voter that has long been connected, `n` one that is so since
 * 5 s, `d` one that is down, `u` a voter not started, `l` a learner. Ids from 1; 1 is the local one.
 */
function viewOf(letters: string): QuorumView {
  const members = Array.from(
    letters,
    (letter, at): Member => ({
      id: BigInt(at + 1),
      peerURLs: [],
      isLearner: letter === 'l',
      name: letter === 'u' ? '' : letter,
      clientURLs: [],
    }),
  );
  const since = { v: 1, n: NOW_MS - 5000, d: undefined, u: undefined, l: 1 };
  return {
    cluster: { members, member: (id) => members[Number(id) - 1], localId: 1n },
    peers: {
      activeSince: (id) => since[letters[Number(id) - 1] as keyof typeof since],
      activePeers: 0,
    },
    nowMs: NOW_MS,
  };
}

const NOT_STARTED = { code: 'SERVER_NOT_ENOUGH_STARTED' };
const UNHEALTHY = { code: 'SERVER_UNHEALTHY' };

type Refusal = typeof NOT_STARTED | undefined;

function expect(refusal: Refusal, check: () => void): void {
  if (refusal === undefined) check();
  else assert.throws(check, refusal);
}

describe('quorum rules: MEMBERSHIP-I7', () => {
  const ADDS: [string, Refusal, Refusal][] = [
    // Members, adding a voter, adding a learner.
    ['v', undefined, undefined],
    ['u', NOT_STARTED, undefined],
    ['vv', undefined, undefined],
    ['vu', NOT_STARTED, UNHEALTHY],
    ['vd', UNHEALTHY, UNHEALTHY],
    ['vvv', undefined, undefined],
    ['vvd', UNHEALTHY, UNHEALTHY],
    ['vvn', UNHEALTHY, UNHEALTHY],
    ['vvu', NOT_STARTED, UNHEALTHY],
    ['vuu', NOT_STARTED, UNHEALTHY],
    ['vvvd', undefined, undefined],
    ['vl', undefined, undefined],
    ['vvll', undefined, undefined],
  ];
  for (const [letters, voter, learner] of ADDS) {
    it(`add to ${letters}`, () => {
      expect(voter, () => checkMayAdd(VOTER, viewOf(letters)));
      expect(learner, () => checkMayAdd(LEARNER, viewOf(letters)));
    });
  }

  const REMOVALS: [string, bigint, Refusal][] = [
    ['v', 1n, NOT_STARTED],
    ['v', 9n, undefined],
    ['vv', 2n, undefined],
    ['vd', 2n, undefined],
    ['vd', 1n, UNHEALTHY],
    ['vu', 2n, undefined],
    ['vu', 1n, NOT_STARTED],
    ['vvd', 3n, undefined],
    ['vvd', 2n, UNHEALTHY],
    ['vvv', 2n, undefined],
    ['vvn', 2n, UNHEALTHY],
    ['vuu', 2n, NOT_STARTED],
    ['vl', 2n, undefined],
    ['ul', 2n, undefined],
  ];
  for (const [letters, id, refusal] of REMOVALS) {
    it(`remove ${id} of ${letters}`, () =>
      expect(refusal, () => checkMayRemove(id, viewOf(letters))));
  }

  it('promote: enough have started, the learner counted -> allowed', () => {
    for (const letters of ['vl', 'vul', 'vvul', 'vdl']) checkMayPromote(viewOf(letters));
    for (const letters of ['ul', 'uul', 'vuul']) {
      assert.throws(() => checkMayPromote(viewOf(letters)), NOT_STARTED);
    }
  });
});
