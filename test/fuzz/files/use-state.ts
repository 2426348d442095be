/** Brings a state into memory, reads all of it and writes a little; throws what no reader may throw. */
import { WatchHub } from '../../../src/mvcc/index.ts';
import { DeleteRangeRequest, PutRequest, RangeRequest } from '../../../src/pb/index.ts';
import { restoreMemberState } from '../../../src/server/member-state.ts';
import type { OpenState } from '../../../src/server/storage/recover-state.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { noPause } from '../../support/server/images.ts';
import { expect } from './file-finding.ts';

const ALL = Uint8Array.of(0);
const STATE_OPTIONS = {
  cluster: { cluster: 1n, local: 1n, learnersMax: 1 },
  leaseTtlSMin: 2,
  compactionBatchLimit: 100,
  batchOperationsMax: 1000,
};

/** Closes the backend if it does not throw. */
export async function useState({ backend, meta }: OpenState): Promise<void> {
  const fatals: unknown[] = [];
  const header = { clusterId: 1n, memberId: 1n, raftTerm: 1 };
  const hub = new WatchHub({ header: () => header, fragmentBytesMin: 1 << 20 });
  const { store, lessor, cluster, alarms, buffer } = await restoreMemberState(STATE_OPTIONS, meta, {
    backend,
    logger: new RecordingLogger(),
    hub,
    yieldTurn: noPause,
    compactionPause: noPause,
    compactionObserver: { began: () => undefined, ended: () => undefined },
    fatal: (error) => fatals.push(error),
  });
  hub.attach(store);
  await store.compactionsSettled();
  if (fatals.length > 0) throw fatals[0];
  const all = RangeRequest.create({ key: ALL, rangeEnd: ALL });
  const range = await store.range(all);
  expect(!(range instanceof Error), 'the newest revision cannot be read');
  expect(range instanceof Error || range.kvs.length === store.keyCount, 'keys without a row');
  expect(!((await store.hashKv(0)) instanceof Error), 'the newest revision cannot be hashed');
  const revision = store.currentRevision;
  store.put(PutRequest.create({ key: ALL, value: ALL }));
  store.deleteRange(DeleteRangeRequest.create({ key: ALL }));
  expect(store.currentRevision === revision + 2, 'two writes make two revisions');
  await buffer.flush();
  expect(cluster.members.length + alarms.list(0).length >= 0, 'members or alarms cannot be listed');
  store.checkInvariants();
  lessor.checkInvariants();
  await backend.close();
}
