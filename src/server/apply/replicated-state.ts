import type { AuthStore } from '../../auth/index.ts';
import type { Lessor } from '../../lease/index.ts';
import type { Store } from '../../mvcc/index.ts';
import type { Alarms } from '../membership/alarms.ts';
import type { Cluster } from '../membership/cluster.ts';

/** The state that applied entries change, the same on every member. */
export interface ReplicatedState {
  readonly store: Store;
  readonly lessor: Lessor;
  readonly cluster: Cluster;
  readonly alarms: Alarms;
  readonly auth: AuthStore;
}
