/**
 * The server's end of one HTTP/2 connection, RFC 9113, over any byte stream. Synchronous: it has
 * no timers and no promises; who owns the socket tells it of time and turns.
 */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { ByteSink } from './byte-sink.ts';
import { ControlQueue } from './control-queue.ts';
import { DataReceiver } from './data-receiver.ts';
import { ErrorCode } from './error-code.ts';
import { FloodGuard } from './flood-guard.ts';
import { STREAM_ID_MAX } from './frame.ts';
import { FrameDispatcher } from './frame-dispatcher.ts';
import { FrameReader } from './frame-reader.ts';
import { HeaderReceiver } from './header-receiver.ts';
import { HeldBytes } from './held-bytes.ts';
import { HpackError } from './hpack/index.ts';
import { Http2Error } from './http2-error.ts';
import { Keepalive } from './keepalive.ts';
import { PingPolicy } from './ping-policy.ts';
import { ReadTurn } from './read-turn.ts';
import type { Http2Shared } from './shared.ts';
import type { StreamAcceptor } from './stream-port.ts';
import { StreamTable } from './stream-table.ts';
import type { Flushable } from './turn-flusher.ts';

/** A flush hands over no more than about this; the rest waits for the next turn. */
export const FLUSH_BYTES_MAX = 262_144;
/** Without preface and SETTINGS by then the connection ends by SETTINGS_TIMEOUT. */
export const SETUP_MS_MAX = 60_000;
/** A frame or header block that takes longer ends the connection by ENHANCE_YOUR_CALM. */
export const FRAME_MS_MAX = 60_000;
/** A peer that does not answer the PING of a graceful end by then is held to the end anyway. */
export const DRAIN_PING_MS_MAX = 5000;
/** What a client reads before it sends another ping to measure how fast it reads. */
const BYTES_PER_PING = 4096;
/** After its end, the peer has so long to read what was written and to close. */
export const LINGER_MS_MAX = 5000;

/** What the PINGs of ours carry. */
const KEEPALIVE_MARK = 1;
const DRAIN_MARK = 2;

export class Http2Connection implements Flushable {
  readonly #sink: ByteSink;
  readonly #shared: Http2Shared;
  readonly #control = new ControlQueue();
  readonly #guard: FloodGuard;
  readonly #table: StreamTable;
  readonly #headers: HeaderReceiver;
  readonly #data: DataReceiver;
  readonly #pings: PingPolicy;
  readonly #dispatcher: FrameDispatcher;
  readonly #reader: FrameReader;
  readonly #keepalive: Keepalive;
  readonly #turn: ReadTurn;
  /** What was read and waits for the next turn. */
  #rest: Uint8Array = EMPTY_BYTES;
  readonly #openedAtMs: number;
  /** The turn's flush is ordered. */
  #isDirty = false;
  #sinkTakesMore = true;
  /** What had begun and not ended at the last tick, and when that was first seen. */
  #unfinished = 0;
  #unfinishedSinceMs = 0;
  /** The last stream that a graceful end has promised to serve: it must not be a later one again. */
  #lastServedId = STREAM_ID_MAX;
  /** When a graceful end was announced. */
  #drainingSinceMs: number | undefined;
  #closedAtMs = 0;

  constructor(sink: ByteSink, acceptor: StreamAcceptor, shared: Http2Shared) {
    const { clock, options, streamsMax } = shared;
    this.#sink = sink;
    this.#shared = shared;
    this.#openedAtMs = clock.monotonicMs();
    this.#control.settings(shared.settings);
    const control = this.#control;
    const guard = new FloodGuard(clock);
    const held = new HeldBytes(shared.held);
    const table = new StreamTable({ control, guard, held }, () => this.#markDirty());
    const headers = new HeaderReceiver({ table, guard, acceptor, streamsMax });
    const data = new DataReceiver(table, control, guard);
    const pings = new PingPolicy(options.pingMinIntervalMs);
    this.#guard = guard;
    this.#table = table;
    this.#headers = headers;
    this.#data = data;
    this.#pings = pings;
    const parts = { table, headers, data, control, guard, pings, clock };
    this.#dispatcher = new FrameDispatcher(parts, (mark) => {
      if (mark === DRAIN_MARK && this.#drainingSinceMs !== undefined) this.#refuseNewStreams();
    });
    this.#reader = new FrameReader(this.#dispatcher);
    this.#keepalive = new Keepalive(options, this.#openedAtMs);
    this.#turn = new ReadTurn(clock);
    this.#markDirty();
  }

  /** Streams that are open. */
  get streamCount(): number {
    return this.#table.size;
  }

  /** Nothing more is read or written; the sink may have something left to send. */
  get isClosed(): boolean {
    return this.#dispatcher.isClosed;
  }

  /** What the socket read. Views of `bytes` may be kept: it must never be written to again. */
  receive(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.#keepalive.onRead();
    assert(this.#rest.length === 0, 'connection: given more while paused');
    // Users get views of it: not of a subclass that has methods of its own, such as Buffer.
    this.#read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** The sink, which said that it was full, takes bytes again. */
  onSinkDrained(): void {
    this.#sinkTakesMore = true;
    this.#markDirty();
  }

  /** The socket is gone: the users of all streams are told. */
  onSinkClosed(): void {
    this.#close();
  }

  /** Writes what waits, as far as the peer's windows and the sink allow. */
  flush(): void {
    this.#isDirty = false;
    if (this.isClosed || !this.#sinkTakesMore) return;
    const { slab } = this.#shared;
    const { sendQueue } = this.#table;
    this.#table.cutOffOverdrawn();
    slab.begin(this.#sink);
    this.#control.moveTo(slab);
    const controlBytes = slab.size;
    sendQueue.moveTo(slab, FLUSH_BYTES_MAX);
    const sentBytes = slab.size - controlBytes;
    if (sentBytes > 0) {
      this.#pings.forgive();
      this.#guard.allow('pings', 1 + Math.floor(sentBytes / BYTES_PER_PING));
    }
    slab.finish();
    this.#sinkTakesMore = slab.takesMore;
    // A request that has not ended when its answer does is reset by the next flush: curl 7 takes
    // an answer for a failure when it reads the reset together with it.
    if (sendQueue.isReady || this.#control.size > 0) this.#markDirty();
    this.#endWhenDrained();
  }

  /** To be called about every second; `nowMs` is the clock's monotonic time. */
  tick(nowMs: number): void {
    if (this.isClosed) {
      if (nowMs - this.#closedAtMs >= LINGER_MS_MAX) this.#sink.destroy();
      return;
    }
    this.#checkTimeLimits(nowMs);
    if (this.isClosed) return;
    const action = this.#keepalive.tick(nowMs);
    if (action === 'close') {
      this.#close();
      this.#sink.destroy();
    }
    if (action === 'ping') this.#control.ping(KEEPALIVE_MARK);
    const drainingSinceMs = this.#drainingSinceMs ?? nowMs;
    if (nowMs - drainingSinceMs >= DRAIN_PING_MS_MAX) this.#refuseNewStreams();
    this.#afterInput();
  }

  /**
   * Ends the connection when its streams have ended: the peer is told to open no more; those that
   * it opens before it can know are served.
   */
  shutdown(): void {
    if (this.isClosed || this.#drainingSinceMs !== undefined) return;
    this.#drainingSinceMs = this.#shared.clock.monotonicMs();
    this.#control.goAway(STREAM_ID_MAX, ErrorCode.NO_ERROR, '');
    this.#control.ping(DRAIN_MARK);
    this.#markDirty();
  }

  /** Ends the connection now. `reason`: ASCII, for the peer's log. */
  abort(code: ErrorCode, reason = ''): void {
    if (this.isClosed) return;
    const { slab } = this.#shared;
    this.#control.goAway(Math.min(this.#table.lastId, this.#lastServedId), code, reason);
    slab.begin(this.#sink);
    this.#control.moveTo(slab);
    slab.finish();
    this.#close();
    this.#sink.end();
  }

  checkInvariants(): void {
    this.#reader.checkInvariants();
    this.#headers.checkInvariants();
    this.#data.checkInvariants();
    this.#guard.checkInvariants();
    this.#table.checkInvariants();
    assert(!this.#control.isOverfull, 'connection: too much waits for a peer that does not read');
    const hasOutput = this.#control.size > 0 || this.#table.sendQueue.isReady;
    const willFlush = this.isClosed || this.#isDirty || !this.#sinkTakesMore;
    assert(!hasOutput || willFlush, 'connection: output that nobody flushes');
    assert(!this.isClosed || this.#table.size === 0, 'connection: closed, with open streams');
  }

  #read(bytes: Uint8Array): void {
    this.#turn.begin();
    try {
      const at = this.#reader.read(bytes, this.#turn);
      if (at < bytes.length && !this.isClosed) this.#readLater(bytes.subarray(at));
    } catch (error) {
      this.#onReadError(error);
    }
    this.#afterInput();
  }

  /** Goes on with `rest` in the next turn: what peers ask for may cost far more than to ask. */
  #readLater(rest: Uint8Array): void {
    this.#rest = rest;
    this.#sink.pause();
    this.#shared.scheduler.defer(() => {
      if (this.isClosed) return;
      this.#rest = EMPTY_BYTES;
      this.#read(rest);
      if (this.#rest.length === 0) this.#sink.resume();
    });
  }

  #onReadError(error: unknown): void {
    if (error instanceof Http2Error) this.abort(error.errorCode, error.message);
    else if (error instanceof HpackError) this.abort(ErrorCode.COMPRESSION_ERROR, error.message);
    else throw error;
  }

  #afterInput(): void {
    if (this.isClosed) return;
    if (this.#control.isOverfull) {
      this.abort(ErrorCode.ENHANCE_YOUR_CALM, 'too much that is not read');
      return;
    }
    if (this.#control.size > 0 || this.#table.sendQueue.isReady) this.#markDirty();
    this.#endWhenDrained();
  }

  #markDirty(): void {
    if (this.#isDirty || !this.#sinkTakesMore || this.#dispatcher.isClosed) return;
    this.#isDirty = true;
    this.#shared.flusher.add(this);
  }

  #checkTimeLimits(nowMs: number): void {
    if (!this.#dispatcher.hasSettings && nowMs - this.#openedAtMs >= SETUP_MS_MAX) {
      this.abort(ErrorCode.SETTINGS_TIMEOUT, 'no SETTINGS');
      return;
    }
    // Frames of an open block are part of it.
    const unfinished = -this.#headers.unfinished || this.#reader.unfinished;
    if (unfinished !== this.#unfinished) {
      this.#unfinished = unfinished;
      this.#unfinishedSinceMs = nowMs;
    } else if (unfinished !== 0 && nowMs - this.#unfinishedSinceMs >= FRAME_MS_MAX) {
      this.abort(ErrorCode.ENHANCE_YOUR_CALM, 'a frame takes too long');
    }
  }

  /** The second step of a graceful end: the peer knows of it. */
  #refuseNewStreams(): void {
    if (this.#headers.refusesAll) return;
    this.#headers.refusesAll = true;
    this.#lastServedId = this.#table.lastId;
    this.#control.goAway(this.#lastServedId, ErrorCode.NO_ERROR, '');
  }

  #endWhenDrained(): void {
    const isDrained = this.#headers.refusesAll && this.#table.size === 0;
    if (!isDrained || this.#control.size > 0 || this.isClosed) return;
    this.#close();
    this.#sink.end();
  }

  #close(): void {
    if (this.isClosed) return;
    this.#dispatcher.isClosed = true;
    this.#closedAtMs = this.#shared.clock.monotonicMs();
    this.#control.clear();
    this.#table.cancelAll();
    // What still comes is dropped, up to the end of the socket.
    if (this.#rest.length > 0) this.#sink.resume();
    this.#rest = EMPTY_BYTES;
  }
}
