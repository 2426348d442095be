/** What all connections of a server have in common. */
import type { Clock } from '../base/ports/clock.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import { HEADER_LIST_BYTES_MAX } from './header-receiver.ts';
import { HeldTotal } from './held-bytes.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import { OutputSlab } from './output-slab.ts';
import { Setting, settingsPayload } from './settings.ts';
import { TurnFlusher } from './turn-flusher.ts';

/** Streams that are open at once on a connection, however many are allowed by the options. */
export const STREAMS_MAX = 131_072;

export interface Http2Options extends KeepaliveOptions {
  /** Streams that a peer may have open at once; further ones are reset by REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /** Least time between the pings of a client that has streams; see PingPolicy. */
  readonly pingMinIntervalMs: number;
}

export class Http2Shared {
  readonly options: Http2Options;
  readonly clock: Clock;
  readonly scheduler: Pick<Scheduler, 'defer'>;
  readonly flusher: TurnFlusher;
  readonly held: HeldTotal = new HeldTotal();
  readonly slab: OutputSlab = new OutputSlab();
  readonly streamsMax: number;
  /** Our SETTINGS. */
  readonly settings: Uint8Array;

  constructor(
    options: Http2Options,
    ports: { readonly clock: Clock; readonly scheduler: Pick<Scheduler, 'defer'> },
  ) {
    this.options = options;
    this.clock = ports.clock;
    this.scheduler = ports.scheduler;
    this.flusher = new TurnFlusher(ports.scheduler);
    this.streamsMax = Math.min(options.maxConcurrentStreams, STREAMS_MAX);
    this.settings = settingsPayload([
      [Setting.MAX_CONCURRENT_STREAMS, this.streamsMax],
      [Setting.MAX_HEADER_LIST_SIZE, HEADER_LIST_BYTES_MAX],
    ]);
  }
}
