import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { indexOfToken, SimpleTokens, simpleToken, TOKENS_MAX } from '../../../src/auth/index.ts';

function setUp(tokensMax?: number) {
  const time = { nowMs: 0 };
  const clock = { monotonicMs: () => time.nowMs, wallMs: () => 0 };
  const tokens = new SimpleTokens(
    tokensMax === undefined ? { ttlMs: 100 } : { ttlMs: 100, tokensMax },
    clock,
  );
  return { time, tokens };
}

describe('simple tokens', () => {
  it('AUTH-I7: each use -> its time begins anew; unused for that time -> not known', () => {
    const { time, tokens } = setUp();
    tokens.assign('a', 'ann');
    tokens.assign('b', 'bob');
    time.nowMs = 60;
    assert.equal(tokens.userOf('a'), 'ann');
    time.nowMs = 100;
    assert.equal(tokens.userOf('b'), undefined);
    time.nowMs = 159;
    assert.equal(tokens.userOf('a'), 'ann');
    assert.equal(tokens.userOf('c'), undefined);
    tokens.checkInvariants();
    tokens.assign('d', 'dan');
    assert.equal(tokens.size, 2);
  });

  it('AUTH-I7: TOKENS_MAX known -> the least recently used is forgotten', () => {
    assert.equal(TOKENS_MAX, 1_000_000);
    const { tokens } = setUp(3);
    for (const token of ['a', 'b', 'c']) tokens.assign(token, token);
    assert.equal(tokens.userOf('a'), 'a');
    tokens.assign('d', 'd');
    tokens.checkInvariants();
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((token) => tokens.userOf(token)),
      ['a', undefined, 'c', 'd'],
    );
  });

  it('drop -> those of a user, or all', () => {
    const { tokens } = setUp();
    for (const token of ['a1', 'a2', 'b1']) tokens.assign(token, token.charAt(0));
    tokens.dropUser('a');
    assert.deepEqual(
      ['a1', 'a2', 'b1'].map((token) => tokens.userOf(token)),
      [undefined, undefined, 'b'],
    );
    tokens.dropAll();
    assert.equal(tokens.size, 0);
  });

  it('the text -> names the entry; other texts name none', () => {
    assert.equal(simpleToken('abc', 17), 'abc.16');
    assert.equal(indexOfToken('abc.16'), 17);
    for (const text of ['', 'abc', 'abc.', 'abc.x', 'a.b.3', 'abc.-1', 'abc.9999999999999999']) {
      assert.equal(indexOfToken(text), undefined, text);
    }
  });
});
