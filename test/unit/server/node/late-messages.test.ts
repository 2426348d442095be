import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Message } from '../../../../src/pb/index.ts';
import { LateMessages } from '../../../../src/server/node/late-messages.ts';

function observed() {
  const sent: number[] = [];
  const late = new LateMessages({
    send: (messages) => sent.push(...messages.map(({ index }) => index)),
  });
  const add = (number: number, isWritten: boolean, ...indexes: number[]): void => {
    const messagesAfterPersist = indexes.map((index) => Message.create({ index }));
    late.add({ number, messagesAfterPersist }, isWritten);
  };
  return { sent, late, add };
}

describe('late messages', () => {
  it('NODE-I12: of a Ready that is written -> sent when it is on disk, in order', () => {
    const { sent, late, add } = observed();
    add(1, true, 1, 2);
    add(2, true, 3);
    assert.deepEqual(sent, []);
    late.persisted(1);
    assert.deepEqual(sent, [1, 2]);
    late.persisted(2);
    assert.deepEqual(sent, [1, 2, 3]);
  });

  it('NODE-I12: of a Ready with nothing to write -> sent when all before it is on disk', () => {
    const { sent, late, add } = observed();
    add(1, false, 1);
    assert.deepEqual(sent, [1], 'nothing is on its way to the disk');
    add(2, true);
    add(3, false, 2);
    assert.deepEqual(sent, [1]);
    late.persisted(2);
    assert.deepEqual(sent, [1, 2]);
  });
});
