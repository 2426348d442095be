import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BackendSpan, Bucket } from '../../../src/base/ports/backend.ts';
import { readRevisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import { DEFRAGMENT_STEP_BYTES, Defragmenter } from '../../../src/mvcc/defragmenter.ts';
import { ok } from '../../support/mvcc/requests.ts';
import { StoreHarness, turn } from '../../support/mvcc/store-harness.ts';

/** A backend that only compacts: each step waits until it is ended. */
class Steps {
  readonly spans: BackendSpan[] = [];
  readonly #ends: (() => void)[] = [];
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  get running(): number {
    return this.#ends.length;
  }

  /** Ends the step that is running. */
  async end(): Promise<void> {
    this.#ends.shift()?.();
    await turn();
  }

  defragmenter(current: number): Defragmenter {
    const sizeBytes = async (): Promise<number> => this.bytes;
    const compact = (span: BackendSpan): Promise<void> => {
      this.spans.push(span);
      return new Promise((resolve) => this.#ends.push(resolve));
    };
    const ports = { backend: { sizeBytes, compact }, buffer: { flush: async () => {} } };
    return new Defragmenter(ports, { current, compact: -1 });
  }
}

/** First and last revision of a step; undefined at the ends of the state. */
function shown({ from, to }: BackendSpan): (number | undefined)[] {
  return [from, to].map((place) => {
    if (place?.key === undefined) return undefined;
    assert.equal(place.bucket, Bucket.key);
    return readRevisionKey(place.key).main;
  });
}

describe('defragment: steps', () => {
  it('DEFRAGMENT_STEP_BYTES or less -> one step over everything', async () => {
    const steps = new Steps(DEFRAGMENT_STEP_BYTES);
    const run = steps.defragmenter(1000).run();
    await turn();
    await steps.end();
    await run;
    assert.deepEqual(steps.spans.map(shown), [[undefined, undefined]]);
  });

  it('more -> one after the other, along the revisions', async () => {
    const steps = new Steps(2.5 * DEFRAGMENT_STEP_BYTES);
    const run = steps.defragmenter(1000).run();
    await turn();
    for (let step = 0; step < 3; step++) {
      assert.equal(steps.running, 1);
      await steps.end();
    }
    await run;
    assert.deepEqual(steps.spans.map(shown), [
      [undefined, 333],
      [333, 666],
      [666, undefined],
    ]);
  });

  it('no more steps than revisions', async () => {
    const steps = new Steps(50 * DEFRAGMENT_STEP_BYTES);
    const run = steps.defragmenter(2).run();
    await turn();
    await steps.end();
    await steps.end();
    await run;
    assert.equal(steps.spans.length, 2);
  });
});

describe('defragment: several callers', () => {
  it('at once -> one run; while it goes on -> all share the next', async () => {
    const steps = new Steps(1);
    const defragmenter = steps.defragmenter(5);
    const first = [defragmenter.run(), defragmenter.run()];
    await turn();
    const second = [defragmenter.run(), defragmenter.run()];
    let secondHasEnded = false;
    const ended = Promise.all(second).then(() => (secondHasEnded = true));
    await steps.end();
    await Promise.all(first);
    assert.equal(steps.running, 1);
    assert.ok(!secondHasEnded);
    await steps.end();
    await ended;
    assert.equal(steps.spans.length, 2);
  });

  it('close -> ends after the step, MVCC_CLOSED for who waits', async () => {
    const steps = new Steps(3 * DEFRAGMENT_STEP_BYTES);
    const defragmenter = steps.defragmenter(50);
    const runs = [defragmenter.run()];
    await turn();
    runs.push(defragmenter.run());
    const outcomes = Promise.allSettled(runs);
    let hasClosed = false;
    const closed = defragmenter.close().then(() => (hasClosed = true));
    await turn();
    assert.ok(!hasClosed);
    await steps.end();
    await closed;
    assert.equal(steps.spans.length, 1);
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected');
      assert.equal(outcome.reason.code, 'MVCC_CLOSED');
    }
  });
});

it('defragment: what a compaction has removed is given back, unflushed removals included', async () => {
  const harness = await StoreHarness.open();
  for (let i = 0; i < 50; i++) harness.put('a', 'x'.repeat(1000));
  ok(harness.compact(51));
  await harness.store.compactionsSettled();
  const before = await harness.now.backend.sizeBytes();
  await harness.store.defragment();
  const after = await harness.now.backend.sizeBytes();
  assert.ok(before > 50_000 && after < 3000, `${before} -> ${after}`);
  await harness.close();
});
