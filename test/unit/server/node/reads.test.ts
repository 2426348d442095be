import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppliedReads } from '../../../../src/server/node/applied-reads.ts';
import {
  type LinearizableRead,
  LinearizableReads,
  readsWaitingMax,
} from '../../../../src/server/node/linearizable-reads.ts';

/** Reads that note what became of them. */
class Noted {
  readonly seen: string[] = [];

  read(name: string, then: () => void = () => undefined): LinearizableRead {
    return {
      run: () => {
        this.seen.push(name);
        then();
      },
      fail: (error) => this.seen.push(`${name}: ${error.code}`),
    };
  }
}

describe('linearizable reads', () => {
  it('NODE-I2: reads of one turn -> one round; those that come while it runs -> the next one', () => {
    const { seen, reads, read } = withReads();
    reads.add(read('a'));
    reads.add(read('b'));
    reads.startRound(1n, 0);
    reads.add(read('c'));
    assert.equal(reads.hasForming, false, 'one round is asked for at a time');
    reads.confirmed(1n, 5);
    assert.equal(reads.hasForming, true);
    reads.applied(4);
    assert.deepEqual(seen, []);
    reads.applied(5);
    assert.deepEqual(seen, ['a', 'b']);
  });

  it('reads that take too long -> the rest in turns to come, each run or failed once', () => {
    const { seen, reads, read } = withReads();
    for (let at = 0; at < 10; at++) reads.add(read(String(at)));
    reads.startRound(1n, 0);
    reads.confirmed(1n, 5);
    assert.equal(
      reads.applied(5, () => true),
      true,
    );
    assert.deepEqual(seen, ['0', '1', '2', '3']);
    assert.equal(
      reads.applied(5, () => seen.length === 8),
      true,
    );
    reads.expire(1000);
    assert.equal(
      reads.applied(5, () => true),
      false,
    );
    assert.deepEqual(seen.slice(7), ['7', '8: SERVER_TIMEOUT', '9: SERVER_TIMEOUT']);
  });

  it('NODE-I2: an answer that comes twice, or to an unknown round -> the first counts', () => {
    const { seen, reads, read } = withReads();
    reads.add(read('a'));
    reads.startRound(1n, 0);
    reads.confirmed(1n, 5);
    reads.confirmed(1n, 3);
    reads.confirmed(9n, 1);
    reads.applied(4);
    assert.deepEqual(seen, []);
  });

  it('NODE-I2: no answer within the time-out -> SERVER_TIMEOUT, counted from the start of the round', () => {
    const { seen, reads, read } = withReads();
    reads.add(read('asked'));
    reads.startRound(1n, 0);
    reads.add(read('forming'));
    reads.expire(999);
    assert.deepEqual(seen, []);
    reads.expire(1000);
    assert.deepEqual(seen, ['asked: SERVER_TIMEOUT']);
    assert.equal(reads.hasForming, true, 'the next round has all its time');
    reads.startRound(2n, 1000);
    reads.expire(1999);
    assert.equal(seen.length, 1);
    reads.expire(2000);
    assert.deepEqual(seen, ['asked: SERVER_TIMEOUT', 'forming: SERVER_TIMEOUT']);
    reads.confirmed(1n, 1);
    reads.applied(1);
    assert.equal(seen.length, 2, 'a late answer finds nobody');
    assert.deepEqual([reads.slowRounds, reads.failedRounds], [2, 0], 'counted by round');
  });

  it('the leader changed -> rounds it was asked for fail; others go on', () => {
    const { seen, reads, read } = withReads();
    reads.add(read('confirmed'));
    reads.startRound(1n, 0);
    reads.confirmed(1n, 7);
    reads.add(read('asked'));
    reads.startRound(2n, 0);
    reads.add(read('forming'));
    reads.leaderChanged();
    assert.deepEqual(seen, ['asked: SERVER_LEADER_CHANGED']);
    assert.equal(reads.hasForming, true);
    reads.applied(7);
    assert.deepEqual(seen, ['asked: SERVER_LEADER_CHANGED', 'confirmed']);
    assert.deepEqual([reads.slowRounds, reads.failedRounds], [0, 1], 'counted by round');
  });

  it('no answer yet -> asked again', () => {
    const { reads, read } = withReads();
    reads.add(read('a'));
    reads.startRound(1n, 0);
    assert.deepEqual(reads.unconfirmed(), [1n]);
    reads.confirmed(1n, 1);
    assert.deepEqual(reads.unconfirmed(), []);
  });

  it('readsWaitingMax reads wait -> SERVER_TOO_MANY_REQUESTS until some have ended', () => {
    const { seen, reads, read } = withReads();
    const waiting: LinearizableRead = { run: () => undefined, fail: () => undefined };
    for (let i = 0; i < readsWaitingMax; i++) reads.add(waiting);
    reads.add(read('one more'));
    assert.deepEqual(seen, ['one more: SERVER_TOO_MANY_REQUESTS']);
    reads.startRound(1n, 0);
    reads.confirmed(1n, 1);
    reads.applied(1);
    reads.add(read('then'));
    assert.equal(seen.length, 1);
  });
});

describe('applied reads', () => {
  it('NODE-I3: everything is applied -> at once; else when it is, in the order of coming', () => {
    const noted = new Noted();
    const reads = new AppliedReads();
    reads.add(noted.read('now'), { index: 3, applied: 3, nowMs: 0 });
    reads.add(noted.read('at 5'), { index: 5, applied: 3, nowMs: 0 });
    reads.add(noted.read('at 6'), { index: 6, applied: 3, nowMs: 0 });
    assert.deepEqual(noted.seen, ['now']);
    reads.applied(5);
    reads.applied(6);
    assert.deepEqual(noted.seen, ['now', 'at 5', 'at 6']);
  });

  it('NODE-I3: a read that comes from within another one -> does not overtake those that wait', () => {
    const noted = new Noted();
    const reads = new AppliedReads();
    const at = { index: 5, applied: 3, nowMs: 0 };
    const third = (): void => reads.add(noted.read('third'), { ...at, applied: 5 });
    reads.add(noted.read('first', third), at);
    reads.add(noted.read('second'), at);
    reads.applied(5);
    assert.deepEqual(noted.seen, ['first', 'second', 'third']);
  });

  it('not applied within a second -> SERVER_TIMEOUT_WAIT_APPLIED; stopped -> the error given', () => {
    const noted = new Noted();
    const reads = new AppliedReads();
    reads.add(noted.read('a'), { index: 5, applied: 3, nowMs: 0 });
    reads.add(noted.read('b'), { index: 5, applied: 3, nowMs: 1 });
    reads.expire(999);
    assert.deepEqual(noted.seen, []);
    reads.expire(1000);
    assert.deepEqual(noted.seen, ['a: SERVER_TIMEOUT_WAIT_APPLIED']);
  });

  it('readsWaitingMax reads wait -> SERVER_TOO_MANY_REQUESTS', () => {
    const noted = new Noted();
    const reads = new AppliedReads();
    const waiting: LinearizableRead = { run: () => undefined, fail: () => undefined };
    const at = { index: 5, applied: 3, nowMs: 0 };
    for (let i = 0; i < readsWaitingMax; i++) reads.add(waiting, at);
    reads.add(noted.read('one more'), at);
    assert.deepEqual(noted.seen, ['one more: SERVER_TOO_MANY_REQUESTS']);
  });
});

function withReads() {
  const noted = new Noted();
  return {
    seen: noted.seen,
    reads: new LinearizableReads(1000),
    read: (name: string) => noted.read(name),
  };
}
