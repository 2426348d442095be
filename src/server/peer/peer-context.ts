/** What all parts of the transport share: who we are, and what they may use. */
import type { ClusterId, MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { SnapshotExchange } from '../../base/ports/peer-transport.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { Message } from '../../pb/index.ts';
import type { DeferredEvents } from './deferred-events.ts';
import type { PeerClient } from './dial/peer-client.ts';
import type { PeerCounters } from './peer-meters.ts';
import type { PeerStatus } from './peer-status.ts';
import type { QuietLog } from './quiet-log.ts';
import type { EntryRuns } from './wire/entry-runs.ts';

export interface PeerIdentity {
  readonly memberId: MemberId;
  readonly clusterId: ClusterId;
  /** Our advertised peer URLs. */
  readonly peerURLs: readonly string[];
}

export interface PeerContext {
  readonly identity: PeerIdentity;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly client: PeerClient;
  readonly events: DeferredEvents;
  readonly snapshots: SnapshotExchange<Message>;
  /** What several peers get, encoded once. */
  readonly entryRuns: EntryRuns;
  /** Hands over what a peer has sent. */
  readonly receive: (messages: readonly Message[]) => void;
}

/** The other side, as the parts that talk to it see it. */
export interface PeerView {
  readonly id: MemberId;
  readonly status: PeerStatus;
  readonly counters: PeerCounters;
  readonly quietLog: QuietLog;
}
