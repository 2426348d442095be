/**
 * Brings the state of a stopped member up to what its log holds: an export must not leave out what
 * was acknowledged just before the member was killed. Entries are applied by the core that a
 * running member applies them with, and reach the backend in the same batches: a start that
 * comes instead of the export goes on from there.
 */
import { NO_TOKENS } from '../../../auth/index.ts';
import type { Logger } from '../../../base/ports/logger.ts';
import { type ChangeSink, loadMeta } from '../../../mvcc/index.ts';
import type { ConfState, Entry, SnapshotMetadata } from '../../../pb/index.ts';
import { configurationOf, confStateOf, withChange } from '../../../raft/index.ts';
import { Applier, type ApplyEvents } from '../../apply/applier.ts';
import type { ConfChangeTarget } from '../../apply/conf-changes.ts';
import { type MemberState, restoreMemberState } from '../../member-state.ts';
import { isAlone } from '../../storage/force-new-cluster.ts';
import type { OpenedStorage } from '../../storage/open-storage.ts';
import { OfflineError } from '../errors.ts';

export interface CatchUpPorts {
  readonly logger: Logger;
  readonly yieldTurn: () => Promise<void>;
}

export interface CaughtUp {
  /** The last entry that is in the state, and who votes there. */
  readonly place: SnapshotMetadata;
  /** Entries behind it, of which nobody here knows whether they are committed. */
  readonly unsure: readonly Entry[];
  /** Whether the member is the only one of its cluster, and all that its log holds is in the state. */
  readonly isAlone: boolean;
}

/**
 * What etcd raises shorter TTLs to unless its ticks are set otherwise, in seconds. A grant that was
 * acknowledged has been raised by the member's own value, which nobody knows here.
 */
const LEASE_TTL_S_MIN = 2;
/** Entries applied in one turn. */
const SLICE_ENTRIES = 100;

/**
 * Applies what is committed: all that the log holds if the member is alone, for nobody else can
 * have another opinion; else what its hard state knows to be committed. Rejects with
 * OFFLINE_REFUSED for a member that has no state yet, and with what a start rejects with.
 */
export async function catchUp(storage: OpenedStorage, ports: CatchUpPorts): Promise<CaughtUp> {
  if (storage.isNew) throw new OfflineError('OFFLINE_REFUSED', 'the member has no state yet');
  const { hardState, entries, meta, confState } = storage;
  const last = storage.snapshot.index + entries.length;
  const committed = isAlone(storage) ? last : Math.max(hardState.commit, meta.consistentIndex);
  const pending = entries.filter(({ index }) => index > meta.consistentIndex && index <= committed);
  const voting = pending.length === 0 ? confState : await applied(storage, pending, ports);
  const { consistentIndex: index, term } = await loadMeta(storage.backend);
  const unsure = entries.filter((entry) => entry.index > index);
  const known = [...voting.voters, ...voting.learners];
  const alone = unsure.length === 0 && known.every((id) => id === storage.member);
  return { place: { index, term, confState: voting }, unsure, isAlone: alone };
}

/** Applies entries; they are on disk when it resolves. Resolves to who votes behind them. */
async function applied(
  storage: OpenedStorage,
  pending: readonly Entry[],
  { logger, yieldTurn }: CatchUpPorts,
): Promise<ConfState> {
  const { backend, meta, member: local, cluster } = storage;
  const [first, last] = [pending[0]?.index, pending.at(-1)?.index];
  logger.info('applying entries that the state does not hold', { first, last });
  let failure: Error | undefined;
  const state = await restoreMemberState(
    {
      // What is committed has passed the leader's check.
      cluster: { cluster, local, learnersMax: Infinity },
      leaseTtlSMin: LEASE_TTL_S_MIN,
      compactionBatchLimit: 1000,
      batchOperationsMax: 10_000,
    },
    meta,
    {
      backend,
      logger,
      hub: NO_WATCHERS,
      tokens: NO_TOKENS,
      yieldTurn,
      compactionPause: yieldTurn,
      compactionObserver: { began: () => undefined, ended: () => undefined },
      fatal: (error) => {
        failure ??=
          error instanceof Error ? error : new OfflineError('OFFLINE_REFUSED', String(error));
      },
    },
  );
  const raft = new OfflineConfiguration(storage.confState);
  await applyAll(state, pending, { logger, yieldTurn, raft });
  await state.store.close();
  await state.buffer.flush();
  if (failure !== undefined) throw failure;
  return raft.confState;
}

const NO_WATCHERS: ChangeSink = {
  interest: () => 'none',
  committed: () => undefined,
  compacted: () => undefined,
};

async function applyAll(
  state: MemberState,
  entries: readonly Entry[],
  { logger, yieldTurn, raft }: CatchUpPorts & { readonly raft: ConfChangeTarget },
): Promise<void> {
  const { buffer } = state;
  const quota = { hasRoomFor: (): boolean => true };
  const applier = new Applier({ state, buffer, raft, quota, events: NOBODY, logger });
  let count = 0;
  for (const entry of entries) {
    applier.apply(entry, 0);
    if (buffer.isFull) await buffer.flush();
    count++;
    if (count % SLICE_ENTRIES === 0) await yieldTurn();
  }
}

/** Nobody waits for an outcome. */
const NOBODY: ApplyEvents = {
  applying: () => undefined,
  applied: () => undefined,
  settled: () => undefined,
  outgrown: () => undefined,
  termStarted: () => undefined,
  reconfigured: () => undefined,
  versionSet: () => undefined,
  removed: () => undefined,
};

/** Who votes, as the applied changes make it, without anybody who does. */
class OfflineConfiguration implements ConfChangeTarget {
  confState: ConfState;

  constructor(confState: ConfState) {
    this.confState = confState;
  }

  applyConfChange(change: Parameters<ConfChangeTarget['applyConfChange']>[0]): ConfState {
    this.confState = confStateOf(withChange(configurationOf(this.confState), change));
    return this.confState;
  }
}
