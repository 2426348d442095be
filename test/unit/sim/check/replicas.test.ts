import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkHashes,
  checkReplicas,
  type ReplicaState,
  RevisionSteps,
} from '../../../sim/check/replicas.ts';
import { Timeline } from '../../../sim/check/timeline.ts';

const row = { value: 'v', createRevision: 2, modRevision: 2, version: 1, lease: 0n };
const TIMELINE = new Timeline([{ revision: 2, changes: [{ key: 'a', row }] }]);
const STATE: ReplicaState = {
  member: 'm1',
  revision: 2,
  compactRevision: 1,
  rows: [{ key: 'a', ...row }],
  leases: [[1n, 5]],
};

describe('replicas', () => {
  it('hashes: equal or of other revisions -> accepted, different -> violation', () => {
    const hash = { member: 'm1', revision: 5, compactRevision: 2, hash: 77 };
    const other = { ...hash, member: 'm2' };
    assert.deepEqual(checkHashes([hash, other]), []);
    assert.deepEqual(checkHashes([hash, { ...other, revision: 6, hash: 78 }]), []);
    assert.deepEqual(checkHashes([hash, { ...other, compactRevision: 3, hash: 78 }]), []);
    assert.equal(checkHashes([hash, { ...other, hash: 78 }]).length, 1);
  });

  it('settled states: equal to each other and to the truth -> accepted', () => {
    assert.deepEqual(checkReplicas([STATE, { ...STATE, member: 'm2' }], TIMELINE), []);
  });

  for (const [what, difference] of [
    ['behind', { revision: 1 }],
    ['with other rows', { rows: [{ key: 'a', ...row, value: 'w' }] }],
    ['with other leases', { leases: [] }],
    ['compacted elsewhere', { compactRevision: 2 }],
  ] as const) {
    it(`settled states: one ${what} -> violation`, () => {
      const odd: ReplicaState = { ...STATE, member: 'm2', ...difference };
      const found = checkReplicas([STATE, odd], TIMELINE);
      assert.equal(found.length, 1);
      assert.match(found[0]?.text ?? '', /^m2 /);
    });
  }

  it('settled states: equal, but not the truth -> violation', () => {
    const wrong = { ...STATE, rows: [] };
    assert.equal(checkReplicas([wrong, { ...wrong, member: 'm2' }], TIMELINE).length, 2);
  });

  it('steps: by one or none -> accepted, a gap or a step back -> violation', () => {
    const steps = new RevisionSteps();
    for (const revision of [2, 3, 3, 4]) steps.applied('m1', revision);
    steps.restored('m1', 2);
    steps.applied('m1', 3);
    steps.applied('m2', 9);
    assert.deepEqual(steps.violations, []);
    steps.applied('m1', 5);
    steps.applied('m2', 8);
    assert.equal(steps.violations.length, 2);
  });
});
