import {
  type ByteSink,
  Http2Connection,
  type Http2Options,
  Http2Shared,
  type Written,
} from '../../../src/http2/index.ts';
import { describeFrames, HELLO, join } from './frames.ts';
import { HTTP2_OPTIONS } from './http2-options.ts';
import { RecordingAcceptor } from './recording-acceptor.ts';

/**
 * Takes everything, and a copy of it, since it says that the bytes may change; says that it is full
 * when the test wants so.
 */
class FakeSink implements ByteSink {
  isFull = false;
  isPaused = false;
  ends: 'open' | 'ended' | 'destroyed' = 'open';
  writes: Uint8Array[] = [];

  write(bytes: Uint8Array): Written {
    this.writes.push(this.isFull ? bytes : bytes.slice());
    return this.isFull ? 'full' : 'sent';
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.ends = 'ended';
  }

  destroy(): void {
    this.ends = 'destroyed';
  }
}

/** The client's end of a connection, whose time and turns are the test's. */
export class TestPeer {
  readonly sink = new FakeSink();
  readonly acceptor = new RecordingAcceptor();
  readonly shared: Http2Shared;
  readonly connection: Http2Connection;
  nowMs = 1000;
  readonly #tasks: (() => void)[];

  /** `beside`: another connection of the same server, whose time and turns are shared. */
  constructor(options: Partial<Http2Options> = {}, beside?: TestPeer) {
    this.#tasks = beside === undefined ? [] : beside.#tasks;
    const clock = { monotonicMs: () => this.nowMs, wallMs: () => 0 };
    const scheduler = { defer: (task: () => void) => void this.#tasks.push(task) };
    const shared =
      beside?.shared ?? new Http2Shared({ ...HTTP2_OPTIONS, ...options }, { clock, scheduler });
    this.shared = shared;
    this.connection = new Http2Connection(this.sink, this.acceptor, shared);
  }

  /** A peer that has said hello, with the answers to that read. */
  static greeted(options: Partial<Http2Options> = {}): TestPeer {
    const peer = new TestPeer(options);
    peer.send(HELLO);
    peer.read();
    return peer;
  }

  /** One read of the socket, and the end of the turn. */
  send(...frames: readonly Uint8Array[]): void {
    this.receive(...frames);
    this.turn();
  }

  /** One read of the socket. */
  receive(...frames: readonly Uint8Array[]): void {
    this.connection.receive(join(frames));
    this.connection.checkInvariants();
  }

  turn(): void {
    for (const task of this.#tasks.splice(0)) task();
    this.connection.checkInvariants();
  }

  /** Turns until nothing is left to do. */
  turns(): void {
    while (this.#tasks.length > 0) this.turn();
  }

  /** Time passes, ticks at its end, and the turn ends. */
  wait(ms: number): void {
    this.nowMs += ms;
    this.connection.tick(this.nowMs);
    this.turn();
  }

  drain(): void {
    this.sink.isFull = false;
    this.connection.onSinkDrained();
    this.turns();
  }

  /** What was written since the last call. */
  readBytes(): Uint8Array {
    const bytes = join(this.sink.writes);
    this.sink.writes = [];
    return bytes;
  }

  /** The same, as one line a frame. */
  read(): string[] {
    return describeFrames(this.readBytes());
  }
}
