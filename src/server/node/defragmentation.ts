/** Defragmentation as the log tells of it: sizes before and after. */
import type { Clock } from '../../base/ports/clock.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { Store } from '../../mvcc/index.ts';
import { humanBytes } from '../human-bytes.ts';
import type { StateSize } from './state-size.ts';

export interface DefragmentationPorts {
  readonly store: Pick<Store, 'defragment'>;
  readonly size: StateSize;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Gives the space of removed rows back to the disk; resolves when that is done and measured. */
export async function defragment(ports: DefragmentationPorts): Promise<void> {
  const { store, size, clock, logger } = ports;
  const startMs = clock.monotonicMs();
  const before = size.totalBytes;
  logger.info('defragmenting', sizeFields(size));
  await store.defragment();
  await size.measureDefragmented();
  logger.info('finished defragmenting', {
    ...sizeFields(size),
    'current-db-size-bytes-diff': size.totalBytes - before,
    took: `${Math.round(clock.monotonicMs() - startMs)}ms`,
  });
}

function sizeFields({ totalBytes, inUseBytes }: StateSize): LogFields {
  return {
    'current-db-size-bytes': totalBytes,
    'current-db-size': humanBytes(totalBytes),
    'current-db-size-in-use-bytes': inUseBytes,
    'current-db-size-in-use': humanBytes(inUseBytes),
  };
}
