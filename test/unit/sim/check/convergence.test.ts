import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allOf, hasCaughtUp, hasOneLeader } from '../../../sim/check/convergence.ts';

const member = { name: 'a', term: 2, leader: 'a', appliedIndex: 9, revision: 5 };
const settled = allOf(hasOneLeader, hasCaughtUp);

it('convergence: one leader, all caught up -> nothing to wait for', () => {
  assert.equal(settled([member, { ...member, name: 'b' }]), undefined);
});

for (const [why, other] of [
  [/b follows c/, { leader: 'c' }],
  [/in term 3/, { term: 3 }],
  [/b is at 8 of 9/, { appliedIndex: 8 }],
] as const) {
  it(`convergence: ${why.source} -> waits for it`, () => {
    assert.match(settled([member, { ...member, name: 'b', ...other }]) ?? '', why);
  });
}

it('convergence: nobody leads -> waits', () => {
  assert.equal(settled([{ ...member, leader: undefined }]), 'there is no leader');
});
