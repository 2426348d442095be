import assert from 'node:assert/strict';
import { it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { HistoryRecorder } from '../../../sim/check/history-recorder.ts';
import { matched } from '../../../sim/check/matching.ts';
import { isDefiniteFailure } from '../../../sim/check/refusal.ts';

it('recorder: events in one order, what is open is unknown, by call', () => {
  const recorder = new HistoryRecorder();
  const first = recorder.call(1, { kind: 'revoke', lease: 1n });
  const second = recorder.call(2, { kind: 'revoke', lease: 2n });
  assert.equal(recorder.next(), 3);
  recorder.answered(second, 5, { kind: 'revoke' });
  const [one, two] = recorder.history();
  assert.deepEqual([one?.called, one?.outcome.kind], [1, 'unknown']);
  assert.deepEqual(two?.outcome, {
    kind: 'answered',
    returned: 4,
    revision: 5,
    result: { kind: 'revoke' },
  });
  recorder.refused(first, 'etcdserver: requested lease not found');
  assert.throws(() => recorder.unknown(first, 'again'), InvariantError);
  assert.equal(recorder.history()[0]?.outcome.kind, 'refused');
});

it('matching: as many places as possible, no candidate twice', () => {
  assert.deepEqual(matched([['x', 'y'], ['x']]), ['y', 'x']);
  assert.deepEqual(matched([['x'], ['x']]), ['x', undefined]);
  assert.deepEqual(matched([['x', 'y'], ['y', 'z'], ['x']]), ['y', 'z', 'x']);
});

it('refusals: what was checked is definite, what may be in the log is not', () => {
  for (const text of ['requested lease not found', 'request is too large', 'too many requests']) {
    assert.equal(isDefiniteFailure(`etcdserver: ${text}`), true);
  }
  for (const text of ['request timed out', 'no leader', 'server stopped', 'leader changed']) {
    assert.equal(isDefiniteFailure(`etcdserver: ${text}`), false);
  }
  assert.equal(isDefiniteFailure('etcdserver: mvcc: database space exceeded'), false);
});
