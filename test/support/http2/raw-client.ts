/** A client that writes the bytes it likes to a socket, and reads frames only if it likes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FRAME_HEADER_BYTES, readU32 } from '../../../src/http2/frame.ts';
import { describeFrames, join } from './frames.ts';

export class RawClient {
  readonly #socket: Socket;
  #unread: Uint8Array = new Uint8Array(0);
  #isClosed = false;
  /** Called when something came, or the connection has ended. */
  #onNews: () => void = () => undefined;
  /** What came, one line a frame, GOAWAY aside. */
  readonly frames: string[] = [];
  /** Code and text of the GOAWAY that came. */
  goAway: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    // 'close' follows.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#isClosed = true;
      this.#onNews();
    });
  }

  static async connect(endpoint: string): Promise<RawClient> {
    const [host = '', port = ''] = endpoint.split(':');
    const socket = connect(Number(port), host);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Resolves, at the latest when the connection ends, once the system takes more. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#isClosed || this.#socket.write(join(parts))) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.on('drain', done).on('close', done);
    });
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  get isOver(): boolean {
    return this.#isClosed || this.goAway !== undefined;
  }

  /** How the member ended the connection: the GOAWAY's code and text, or 'no GOAWAY'. */
  async end(): Promise<string> {
    if (!this.#isClosed) await once(this.#socket, 'close');
    return this.goAway ?? 'no GOAWAY';
  }

  async untilFrame(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.frames.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.#isClosed) throw new TypeError(`the connection ended without ${String(pattern)}`);
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Uint8Array): void {
    this.#unread = this.#unread.length === 0 ? bytes : join([this.#unread, bytes]);
    const end = wholeFrames(this.#unread);
    for (const line of describeFrames(this.#unread.subarray(0, end))) {
      // The id of the last stream is of no interest here.
      if (line.startsWith('GOAWAY')) this.goAway = line.replace(/^GOAWAY \d+ /, '');
      else this.frames.push(line);
    }
    this.#unread = this.#unread.subarray(end);
    this.#onNews();
  }
}

/** Where the last whole frame ends. */
function wholeFrames(bytes: Uint8Array): number {
  let end = 0;
  while (end + FRAME_HEADER_BYTES <= bytes.length) {
    const next = end + FRAME_HEADER_BYTES + (readU32(bytes, end) >>> 8);
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}
