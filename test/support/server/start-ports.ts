/** What opening storage needs of a machine on which nothing else runs. */
import type { StoragePorts } from '../../../src/server/storage/open-storage.ts';

export const START_PORTS: Pick<StoragePorts, 'locks' | 'yieldTurn'> = {
  locks: { lockedByOthers: () => [] },
  yieldTurn: () => Promise.resolve(),
};
