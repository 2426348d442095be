import { RequestSet } from '../load/request-set.ts';
import { KeySpace } from './key-space.ts';
import { putRequests } from './requests.ts';
import type { LoadOptions } from './workload.ts';

/** Encoded at most: values may be large, and the requests of a set are all in memory. */
const PUTS_MAX = 100_000;

/** Puts to present keys, for a load beside what is measured. */
export function fewPuts(options: LoadOptions): RequestSet {
  return new RequestSet(Math.min(options.keys, PUTS_MAX), putRequests(new KeySpace(options)));
}
