import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type HistoryNode,
  NO_NODE,
  RevisionHistory,
} from '../../../../src/mvcc/index/revision-history.ts';
import { tagOf } from '../../../../src/mvcc/index/revision-tag.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);

/** Counts the look-ups of a search. */
class CountingHistory extends RevisionHistory {
  reads = 0;

  override main(node: HistoryNode): number {
    this.reads++;
    return super.main(node);
  }
}

function filled(history: RevisionHistory, length: number): HistoryNode {
  let head = NO_NODE;
  for (let main = 1; main <= length; main++) head = history.push(head, main, tagOf(0, false));
  return head;
}

function mainOf(history: RevisionHistory, node: HistoryNode): number | undefined {
  return node === NO_NODE ? undefined : history.main(node);
}

describe('revision history', () => {
  it('IDX-I5 find: in a list of 100 000, each revision in few steps', () => {
    const history = new CountingHistory();
    const head = filled(history, 100_000);
    let worst = 0;
    for (let revision = 1; revision <= 100_000; revision += 37) {
      history.reads = 0;
      const node = history.find(head, revision);
      worst = Math.max(worst, history.reads);
      assert.equal(history.main(node), revision);
    }
    assert.ok(worst < 100, `${worst} reads`);
    history.checkList(head, 100_001, 0);
  });

  it('find: below the oldest -> none', () => {
    const history = new RevisionHistory();
    const head = filled(history, 10);
    assert.equal(history.find(head, 0), NO_NODE);
    assert.equal(history.find(NO_NODE, 5), NO_NODE);
    assert.equal(mainOf(history, history.find(head, 99)), 10);
  });

  it('IDX-I5 any pushes, cuts in parts, reuse by another list -> as an array', () => {
    const operation = fc.record({ push: fc.nat(40), cutBack: fc.nat(60), part: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
        const history = new RevisionHistory();
        let head = NO_NODE;
        let other = NO_NODE;
        let model: number[] = [];
        let main = 0;
        for (const { push, cutBack, part } of operations) {
          for (let i = 0; i < push; i++) {
            main++;
            head = history.push(head, main, tagOf(0, false));
            model.push(main);
            // A second list takes freed nodes: a jump left dangling would lead into it.
            other = history.push(other, main, tagOf(1, false));
          }
          const floor = main - cutBack;
          const above = history.cutBefore(head, floor);
          const newest = above === NO_NODE ? head : history.next(above);
          const old = model.filter((revision) => revision <= floor);
          assert.equal(mainOf(history, newest), old.at(-1));
          if (newest === NO_NODE) continue;
          const dropped = Math.min(part, old.length - 1);
          for (let i = 0; i < dropped; i++) history.dropNext(newest);
          const gone = new Set(old.reverse().slice(1, dropped + 1));
          model = model.filter((revision) => !gone.has(revision));
          assert.equal(history.checkList(head, main + 1, 0), model.length);
          for (let revision = 0; revision <= main; revision++) {
            const expected = model.filter((candidate) => candidate <= revision).at(-1);
            assert.equal(mainOf(history, history.find(head, revision)), expected);
          }
        }
        assert.equal(history.used, model.length + history.checkList(other, main + 1, 0));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('nodes are reused: filling and dropping again and again takes no more memory', () => {
    const history = new RevisionHistory();
    let bytes = 0;
    for (let round = 0; round < 5; round++) {
      for (let head = filled(history, 10_000); head !== NO_NODE; ) head = history.drop(head);
      if (round === 0) bytes = history.bytesUsed;
    }
    assert.equal(history.used, 0);
    assert.equal(history.bytesUsed, bytes);
  });
});
