/**
 * Writes one stream to one peer: its end of a GET that the peer has made. Messages of one turn leave
 * in one write; while the connection takes nothing more they wait here.
 */
import { assert } from '../../base/assert.ts';
import type { Timer } from '../../base/ports/scheduler.ts';
import type { Message } from '../../pb/index.ts';
import { hexId } from '../membership/member.ts';
import type { PeerContext, PeerView } from './peer-context.ts';
import { QuietLog } from './quiet-log.ts';
import { AppendEncoder } from './wire/append-stream.ts';
import { FrameBuffer } from './wire/frame-buffer.ts';
import { messageEncoder } from './wire/message-stream.ts';
import { STREAM_NAME, type StreamEncoder, type StreamKind } from './wire/stream-codec.ts';

/** Messages that wait for the connection; further ones are dropped. */
export const streamQueueMax = 4096;
/** The same in bytes of entries: as many appends of full length would fill the memory. */
export const streamQueueBytesMax: number = 64 * 1024 * 1024;
/** So much is encoded ahead of the connection. */
const WRITE_AHEAD_BYTES = 1024 * 1024;
/** Three heartbeats fit into the time after which the reader gives a silent stream up. */
export const HEARTBEAT_PERIOD_MS = 5000 / 3;
/** A connection that takes nothing for that long is broken. */
export const STREAM_WRITE_TIMEOUT_MS = 5000;

/** Where the bytes of a stream go: an answer to the peer, or what it is made of. */
export interface StreamSink {
  /** Bytes that wait for the connection. */
  readonly writableLength: number;
  /** False when the next bytes should wait for `drain`. */
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: 'drain' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface Attached {
  readonly sink: StreamSink;
  readonly encoder: StreamEncoder;
  readonly heartbeat: Timer;
  /** Since when the connection takes nothing; undefined while it does. */
  blockedMs: number | undefined;
}

export class StreamWriter {
  readonly #kind: StreamKind;
  readonly #peer: PeerView;
  readonly #context: PeerContext;
  /** Its own: the other streams of the peer say the same lines. */
  readonly #log: QuietLog;
  readonly #frames = new FrameBuffer();
  #attached: Attached | undefined;
  #queue: Message[] = [];
  #queuedBytes = 0;

  constructor(kind: StreamKind, peer: PeerView, context: PeerContext) {
    this.#kind = kind;
    this.#peer = peer;
    this.#context = context;
    this.#log = new QuietLog(context.logger, context.clock);
    context.logger.info('started stream writer with remote peer', {
      'local-member-id': hexId(context.identity.memberId),
      'remote-peer-id': hexId(peer.id),
    });
  }

  /** Whether there is a connection to write to. */
  get isWorking(): boolean {
    return this.#attached !== undefined;
  }

  /** Takes a connection over, in place of an earlier one. It ends when this writer lets it go. */
  attach(sink: StreamSink): void {
    if (this.#letGo('end')) {
      this.#say('closed TCP streaming connection with remote peer');
    }
    const { scheduler } = this.#context;
    const attached: Attached = {
      sink,
      encoder:
        this.#kind === 'msgapp' ? new AppendEncoder(this.#context.entryRuns) : messageEncoder,
      heartbeat: scheduler.every(HEARTBEAT_PERIOD_MS, () => this.#beat(attached)),
      blockedMs: undefined,
    };
    this.#attached = attached;
    sink.on('drain', () => {
      attached.blockedMs = undefined;
      if (this.#attached === attached) this.flush();
    });
    sink.on('error', (error) => this.#lost(attached, error.message));
    sink.on('close', () => this.#lost(attached, 'connection closed'));
    this.#peer.status.activate();
    this.#log.info('established TCP streaming connection with remote peer', this.#fields());
  }

  /** Queues a message until {@link flush}; false when there is no room for it. */
  queue(message: Message): boolean {
    assert(this.isWorking, 'a stream that works is written to');
    if (this.#queue.length >= streamQueueMax || this.#queuedBytes >= streamQueueBytesMax) {
      return false;
    }
    this.#queue.push(message);
    this.#queuedBytes += bytesOf(message);
    return true;
  }

  /** Writes what is queued, as far as the connection takes it. */
  flush(): void {
    const attached = this.#attached;
    if (attached === undefined || this.#queue.length === 0) return;
    const room = WRITE_AHEAD_BYTES - attached.sink.writableLength;
    let taken = 0;
    while (taken < this.#queue.length && this.#frames.length < room) {
      const message = this.#queue[taken++] as Message;
      this.#queuedBytes -= bytesOf(message);
      attached.encoder.encode(message, this.#frames);
    }
    if (taken === this.#queue.length) this.#queue = [];
    else this.#queue.splice(0, taken);
    this.#write(attached);
  }

  stop(): void {
    if (this.#letGo('end')) this.#say('closed TCP streaming connection with remote peer');
    this.#context.logger.info('stopped TCP streaming connection with remote peer', this.#fields());
  }

  checkInvariants(): void {
    const bytes = this.#queue.reduce((total, message) => total + bytesOf(message), 0);
    assert(bytes === this.#queuedBytes, 'the queued bytes are those of the queue');
    assert(this.isWorking || this.#queue.length === 0, 'without a connection nothing waits');
    assert(this.#frames.length === 0, 'what is encoded is written');
  }

  #write(attached: Attached): void {
    if (this.#frames.length === 0) return;
    const bytes = this.#frames.take();
    this.#peer.counters.sentBytes += bytes.length;
    if (attached.sink.write(bytes)) return;
    attached.blockedMs ??= this.#context.clock.monotonicMs();
  }

  #beat(attached: Attached): void {
    const { blockedMs } = attached;
    if (blockedMs === undefined) {
      attached.encoder.heartbeat(this.#frames);
      this.#write(attached);
    } else if (this.#context.clock.monotonicMs() - blockedMs >= STREAM_WRITE_TIMEOUT_MS) {
      this.#lost(attached, 'write timed out');
    }
  }

  #lost(attached: Attached, reason: string): void {
    if (this.#attached !== attached) return;
    const { status, counters } = this.#peer;
    this.#letGo('destroy');
    counters.sentFailures++;
    status.deactivate({ action: 'write', source: STREAM_NAME[this.#kind], reason });
    this.#say('lost TCP streaming connection with remote peer');
  }

  /** Whether there was a connection to let go. */
  #letGo(how: 'end' | 'destroy'): boolean {
    const attached = this.#attached;
    if (attached === undefined) return false;
    this.#attached = undefined;
    attached.heartbeat.cancel();
    // Whoever waits for an answer to what is still on its way here should not wait for long.
    const isPending = this.#queue.length > 0 || attached.sink.writableLength > 0;
    if (isPending) this.#context.events.unreachable(this.#peer.id);
    this.#queue = [];
    this.#queuedBytes = 0;
    if (how === 'end') attached.sink.end();
    else attached.sink.destroy();
    return true;
  }

  #say(message: string): void {
    this.#log.warn(message, this.#fields());
  }

  #fields(): Record<string, string> {
    return {
      'stream-writer-type': STREAM_NAME[this.#kind],
      'local-member-id': hexId(this.#context.identity.memberId),
      'remote-peer-id': hexId(this.#peer.id),
    };
  }
}

/** What makes a message large. */
function bytesOf({ entries, context }: Message): number {
  let bytes = context?.length ?? 0;
  for (const { data } of entries) bytes += data?.length ?? 0;
  return bytes;
}
