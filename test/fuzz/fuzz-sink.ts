/** A socket that is full and closed when the script says so; what is written is checked at once. */
import type { ByteSink, Written } from '../../src/http2/index.ts';
import type { ConnectionModel } from './connection-model.ts';
import { expect } from './fuzz-failure.ts';
import type { ServerSide } from './server-side.ts';

/** Bytes that a connection writes to a full sink: the reason for its end, and no more. */
const WRITTEN_WHILE_FULL_MAX = 400_000;

export class FuzzSink implements ByteSink {
  readonly #model: ConnectionModel;
  readonly #server: ServerSide;
  isFull = false;
  /** The connection was told, by `write`, that the sink is full. */
  isDrainOwed = false;
  isEnded = false;
  isDestroyed = false;
  #writtenWhileFull = 0;

  constructor(model: ConnectionModel, server: ServerSide) {
    this.#model = model;
    this.#server = server;
  }

  write(bytes: Uint8Array): Written {
    expect(bytes.length > 0, 'sink: empty write');
    if (this.isDrainOwed) this.#writtenWhileFull += bytes.length;
    expect(this.#writtenWhileFull <= WRITTEN_WHILE_FULL_MAX, 'sink: written to although full');
    if (this.isFull) {
      this.#server.receive(bytes);
      this.isDrainOwed = true;
      return 'full';
    }
    this.#server.receive(bytes.slice());
    return 'sent';
  }

  pause(): void {
    expect(false, 'sink: paused, though no time passes while bytes are handled');
  }

  resume(): void {
    expect(false, 'sink: resumed, though it was not paused');
  }

  end(): void {
    expect(!this.isEnded, 'sink: ended twice');
    this.isEnded = true;
    this.#model.isOver = true;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#model.isOver = true;
  }

  drain(): boolean {
    const isOwed = this.isDrainOwed;
    this.isFull = false;
    this.isDrainOwed = false;
    this.#writtenWhileFull = 0;
    return isOwed;
  }
}
