import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ClusterOptions,
  type Event,
  type EventKind,
  FaultyCluster,
} from '../../support/raft/faulty-cluster.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const RUNS = Number(process.env['RUNS'] ?? 60);

type Weights = Partial<Record<EventKind, number>>;

/** Mostly at work: long logs. */
const STEADY: Weights = {
  deliver: 6,
  flow: 10,
  work: 8,
  tick: 6,
  timeout: 2,
  take: 4,
  sync: 4,
  apply: 2,
  propose: 4,
  read: 3,
  duplicate: 2,
  drop: 2,
  isolate: 1,
  cut: 1,
  join: 1,
  crash: 1,
  checkpoint: 2,
  compact: 2,
  transfer: 1,
};

/** Mostly elections and crashes at bad moments: many terms. */
const STORM: Weights = {
  ...STEADY,
  flow: 8,
  work: 2,
  timeout: 6,
  take: 8,
  sync: 6,
  apply: 4,
  crash: 6,
  checkpoint: 4,
  compact: 4,
  transfer: 3,
};

function eventsOf(weights: Weights): fc.Arbitrary<Event[]> {
  const kind = fc.oneof(
    ...Object.entries(weights).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as EventKind),
    })),
  );
  const event = fc.record({ kind, member: fc.nat(59), pick: fc.nat(59) });
  return fc.array(event, { minLength: 100, maxLength: 500, size: 'max' });
}

/** etcd's setting is likelier than the others. */
const modes = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ preVote: true, checkQuorum: true }) },
  { weight: 2, arbitrary: fc.record({ preVote: fc.boolean(), checkQuorum: fc.boolean() }) },
);

type Mode = Pick<ClusterOptions, 'checkQuorum' | 'preVote'>;

function check(
  sizes: Pick<ClusterOptions, 'voters' | 'learners' | 'strangers'>,
  events: fc.Arbitrary<Event[]>,
  finish: (cluster: FaultyCluster, mode: Mode) => void,
): void {
  const property = fc.property(fc.nat(), modes, events, (seed, mode, list) => {
    const cluster = new FaultyCluster({ ...sizes, ...mode, seed });
    cluster.run(list);
    finish(cluster, mode);
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: process.env['SHRINK'] === '0' });
}

/** Without both, members that were removed can disturb the others for ever (§6). */
function healIfUndisturbed(cluster: FaultyCluster, { checkQuorum, preVote }: Mode): void {
  if (checkQuorum && preVote) cluster.heal();
}

/** What every run is checked for is in SafetyChecker: RAFT-I1, I2, I3, I5 to I8, and I11. */
describe(`cluster under faults (SEED=${SEED} replays)`, () => {
  for (const [weather, weights] of Object.entries({ steady: STEADY, storm: STORM })) {
    for (const voters of [1, 2, 3, 4, 5]) {
      it(`${voters} voters, ${weather} -> safe, RAFT-I9 durable, live once faults end`, () => {
        check({ voters }, eventsOf(weights), (cluster) => cluster.heal());
      });
    }

    it(`3 voters, a learner, ${weather} -> safe, durable without it, live`, () => {
      check({ voters: 3, learners: 1 }, eventsOf(weights), (cluster) => cluster.heal());
    });

    it(`members come and go, ${weather} -> safe, live`, () => {
      check({ voters: 3, strangers: 2 }, eventsOf({ ...weights, change: 3 }), healIfUndisturbed);
    });

    it(`members come and go by twos, ${weather} -> safe, live`, () => {
      const events = eventsOf({ ...weights, change: 2, joint: 3 });
      check({ voters: 3, strangers: 2 }, events, healIfUndisturbed);
    });
  }
});
