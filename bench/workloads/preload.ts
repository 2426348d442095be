import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup, type Endpoint } from '../load/connection-group.ts';
import { RequestSet } from '../load/request-set.ts';
import { KeySpace } from './key-space.ts';
import { batchRequests } from './requests.ts';
import type { LoadOptions } from './workload.ts';

/** Below the default --max-txn-ops of 128. */
const BATCH_KEYS_MAX = 100;
/** Below the default --max-request-bytes of 1.5 MiB. */
const BATCH_BYTES = 512 * 1024;
const STREAMS = 8;

/** Writes all present keys, in transactions. Returns how many writes the revision has grown by. */
export async function preload(
  endpoints: readonly Endpoint[],
  options: LoadOptions,
): Promise<number> {
  const fitting = Math.floor(BATCH_BYTES / (options.keyBytes + options.valueBytes));
  const batch = Math.max(1, Math.min(BATCH_KEYS_MAX, fitting));
  const requests = batchRequests(new KeySpace(options), batch);
  const set = new RequestSet(Math.ceil(options.keys / batch), requests);
  const group = new ConnectionGroup(endpoints, 1);
  try {
    return await new ClosedLoop(group, STREAMS, set).run(set.length);
  } finally {
    group.close();
  }
}
