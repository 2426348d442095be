import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Entry, EntryType } from '../../../../src/pb/index.ts';
import { confChangeOf } from '../../../../src/raft/index.ts';
import { decodedFrom } from '../../../../src/server/apply/decoded-from.ts';

describe('decoded from an entry', () => {
  it('bytes that are no change -> APPLY_UNREADABLE_ENTRY with the index', () => {
    const type = EntryType.EntryConfChange;
    const entry = Entry.create({ index: 7, type, data: Uint8Array.of(0xff) });
    assert.throws(() => decodedFrom(entry, confChangeOf), {
      code: 'APPLY_UNREADABLE_ENTRY',
      message: /^entry 7 of the raft log cannot be decoded: /,
    });
  });

  it('a change -> as it is; another error -> as it is', () => {
    const entry = Entry.create({ index: 7 });
    assert.equal(
      decodedFrom(entry, ({ index }) => index),
      7,
    );
    const fail = (): never => {
      throw new TypeError('other');
    };
    assert.throws(() => decodedFrom(entry, fail), TypeError);
  });
});
