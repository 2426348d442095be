import {
  type ByteSink,
  Http2Connection,
  type Http2Options,
  Http2Shared,
} from '../../../src/http2/index.ts';
import { describeFrames, HELLO, join } from './frames.ts';
import { RecordingAcceptor } from './recording-acceptor.ts';
import { HTTP2_OPTIONS } from './socket-server.ts';

/** Takes everything; says that it is full when the test wants so. */
class FakeSink implements ByteSink {
  isFull = false;
  ends: 'open' | 'ended' | 'destroyed' = 'open';
  writes: Uint8Array[] = [];

  write(bytes: Uint8Array): boolean {
    this.writes.push(bytes);
    return !this.isFull;
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
  readonly connection: Http2Connection;
  nowMs = 1000;
  #tasks: (() => void)[] = [];

  constructor(options: Partial<Http2Options> = {}) {
    const clock = { monotonicMs: () => this.nowMs, wallMs: () => 0 };
    const scheduler = { defer: (task: () => void) => void this.#tasks.push(task) };
    const shared = new Http2Shared({ ...HTTP2_OPTIONS, ...options }, { clock, scheduler });
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
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
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
