import type {
  Http2Stream,
  RequestHead,
  StreamAcceptor,
  StreamUser,
} from '../../../src/http2/index.ts';

/** Tells what it hears in one line each, and answers nothing by itself. */
export class RecordingAcceptor implements StreamAcceptor {
  readonly streams = new Map<number, Http2Stream>();
  readonly requests: RequestHead[] = [];
  /** All body bytes of each stream. */
  readonly bodies = new Map<number, Uint8Array[]>();
  /** Called inside `accept`. */
  onAccept: (stream: Http2Stream) => void = () => undefined;
  /** Called inside `onDrain`. */
  onDrain: (stream: Http2Stream) => void = () => undefined;
  #events: string[] = [];

  accept(stream: Http2Stream, request: RequestHead, endStream: boolean): StreamUser {
    this.streams.set(stream.id, stream);
    this.requests.push(request);
    const pieces: Uint8Array[] = [];
    this.bodies.set(stream.id, pieces);
    this.#tell(`${stream.id} ${request.method} ${request.path}${endStream ? ' end' : ''}`);
    this.onAccept(stream);
    return {
      onData: (bytes) => {
        pieces.push(bytes);
        this.#tell(`${stream.id} data ${bytes.length}`);
      },
      onEnd: () => this.#tell(`${stream.id} end`),
      onCancel: () => this.#tell(`${stream.id} cancel`),
      onDrain: () => {
        this.#tell(`${stream.id} drain`);
        this.onDrain(stream);
      },
    };
  }

  stream(id: number): Http2Stream {
    const stream = this.streams.get(id);
    if (stream === undefined) throw new RangeError(`no request on stream ${id}`);
    return stream;
  }

  /** What was heard since the last call. */
  events(): string[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #tell(event: string): void {
    this.#events.push(event);
  }
}
