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
/** Encoded at a time: the keys may be more than fit in memory. */
const ENCODED_BATCHES = 128;

/** Writes all present keys, in transactions. Returns how many writes the revision has grown by. */
export async function preload(
  endpoints: readonly Endpoint[],
  options: LoadOptions,
): Promise<number> {
  const fitting = Math.floor(BATCH_BYTES / (options.keyBytes + options.valueBytes));
  const batch = Math.max(1, Math.min(BATCH_KEYS_MAX, fitting));
  const build = batchRequests(new KeySpace(options), batch);
  const batches = Math.ceil(options.keys / batch);
  const group = new ConnectionGroup(endpoints, 1);
  let writes = 0;
  try {
    for (let from = 0; from < batches; from += ENCODED_BATCHES) {
      const count = Math.min(ENCODED_BATCHES, batches - from);
      const set = new RequestSet(count, (index) => build(from + index));
      writes += await new ClosedLoop(group, STREAMS, set).run(count);
    }
    return writes;
  } finally {
    group.close();
  }
}
