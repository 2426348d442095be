import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Watcher, WatcherState } from '../../../../src/mvcc/watch/watcher.ts';
import { type Client, WatchBench } from '../../../support/watch/watch-bench.ts';

/** A synced watcher is in one of two situations, by where its start lies. */
type Situation = Exclude<WatcherState, 'synced'> | 'live' | 'future';
type StimulusName =
  | 'commit'
  | 'commit into a full sink'
  | 'pass'
  | 'drain'
  | 'compaction and pass'
  | 'cancel'
  | 'store replaced';

class Scene {
  readonly bench: WatchBench = new WatchBench(undefined, 5);
  readonly client: Client = this.bench.client();
  readonly #watcher: Watcher;

  /** A watcher of key `k` from `startRevision` on, on a sink that has room after `created`. */
  constructor(startRevision: number) {
    this.client.create({ key: 'k', startRevision });
    const [watcher] = this.client.stream.watchers;
    assert.ok(watcher !== undefined);
    this.#watcher = watcher;
    this.client.take();
  }

  get situation(): Situation {
    const { state, next } = this.#watcher;
    if (state !== 'synced') return state;
    return next > this.bench.store.currentRevision + 1 ? 'future' : 'live';
  }

  /** Another watcher's event fills the sink. */
  fill(): void {
    this.client.sink.room = 1;
    const other = this.client.create({ key: 'filler' });
    if (!other) return;
    assert.equal(this.client.stream.isFull, true);
  }
}

const enter: Record<Situation, () => Promise<Scene>> = {
  live: async () => new Scene(0),
  future: async () => new Scene(9),
  queued: async () => new Scene(2),
  reading: async () => {
    const scene = new Scene(2);
    scene.bench.store.memoryFrom = 100;
    void scene.bench.hub.catchUp();
    return scene;
  },
  lagging: async () => {
    const scene = new Scene(0);
    scene.fill();
    scene.bench.put('k', 'v');
    return scene;
  },
  compacted: async () => {
    const scene = new Scene(2);
    scene.bench.compact(5);
    await scene.bench.catchUp();
    return scene;
  },
  closed: async () => {
    const scene = new Scene(0);
    scene.client.cancel(0n);
    return scene;
  },
};

const stimuli: Record<StimulusName, (scene: Scene) => Promise<void> | void> = {
  commit: (scene) => void scene.bench.put('k', 'v'),
  'commit into a full sink': (scene) => {
    scene.fill();
    scene.bench.put('k', 'v');
  },
  pass: async (scene) => {
    if (scene.bench.store.readsWaiting > 0) await scene.bench.store.answerReads();
    await scene.bench.catchUp();
  },
  drain: (scene) => void scene.client.drain(),
  'compaction and pass': async (scene) => {
    scene.bench.compact(scene.bench.store.currentRevision);
    if (scene.bench.store.readsWaiting > 0) await scene.bench.store.answerReads();
    await scene.bench.catchUp();
  },
  cancel: (scene) => {
    if (scene.client.stream.isFull) scene.client.drain();
    scene.client.cancel(0n);
  },
  'store replaced': (scene) => {
    scene.bench.store.commit([{ key: 'k', value: 'v' }]);
    scene.bench.hub.restored(scene.bench.store);
  },
};

const table: Record<Situation, Record<StimulusName, Situation>> = {
  live: {
    commit: 'live',
    'commit into a full sink': 'lagging',
    pass: 'live',
    drain: 'live',
    'compaction and pass': 'live',
    cancel: 'closed',
    'store replaced': 'queued',
  },
  future: {
    commit: 'future',
    'commit into a full sink': 'future',
    pass: 'future',
    drain: 'future',
    'compaction and pass': 'future',
    cancel: 'closed',
    'store replaced': 'future',
  },
  queued: {
    commit: 'queued',
    'commit into a full sink': 'queued',
    pass: 'live',
    drain: 'queued',
    'compaction and pass': 'compacted',
    cancel: 'closed',
    'store replaced': 'queued',
  },
  reading: {
    commit: 'reading',
    'commit into a full sink': 'reading',
    pass: 'live',
    drain: 'reading',
    'compaction and pass': 'compacted',
    cancel: 'closed',
    'store replaced': 'reading',
  },
  lagging: {
    commit: 'lagging',
    'commit into a full sink': 'lagging',
    pass: 'lagging',
    drain: 'queued',
    // The revision it needs is the current one, which a compaction never takes.
    'compaction and pass': 'lagging',
    cancel: 'closed',
    'store replaced': 'lagging',
  },
  compacted: {
    commit: 'compacted',
    'commit into a full sink': 'compacted',
    pass: 'compacted',
    drain: 'compacted',
    'compaction and pass': 'compacted',
    cancel: 'closed',
    'store replaced': 'compacted',
  },
  closed: {
    commit: 'closed',
    'commit into a full sink': 'closed',
    pass: 'closed',
    drain: 'closed',
    'compaction and pass': 'closed',
    cancel: 'closed',
    'store replaced': 'closed',
  },
};

describe('watcher states: WATCH-I9 every event in every state', () => {
  for (const [before, row] of Object.entries(table)) {
    for (const [stimulus, after] of Object.entries(row)) {
      it(`${before}: ${stimulus} -> ${after}`, async () => {
        const scene = await enter[before as Situation]();
        assert.equal(scene.situation, before);
        await stimuli[stimulus as StimulusName](scene);
        assert.equal(scene.situation, after);
        scene.bench.hub.checkInvariants();
      });
    }
  }
});
