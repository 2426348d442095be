/** A client that watches a span of keys, and goes on at another member where one has left it. */
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import {
  Event,
  EventType,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../../../src/pb/index.ts';
import type { Change, Span } from '../check/history.ts';
import type { ClientStream } from '../network/client-connection.ts';
import { type ClientOptions, type ClientPorts, SimClient } from './sim-client.ts';
import { rowOf } from './wire-requests.ts';

/** One event as a watcher was told it. */
export interface WatchedChange extends Change {
  readonly revision: number;
}

/** What a watcher saw from where it began or was compacted away until it was compacted away. */
export interface WatchedSpan {
  readonly span: Span;
  readonly fromRevision: number;
  /** Seen up to here: every change of the span up to this revision is there. */
  throughRevision: number;
  readonly events: WatchedChange[];
}

const OPEN_END = Uint8Array.of(0);

export class WatchClient extends SimClient {
  readonly seen: WatchedSpan[] = [];
  readonly #span: Span;
  #stream: ClientStream | undefined;
  #isOpen = false;

  constructor(number: number, options: ClientOptions & { span: Span }, ports: ClientPorts) {
    super(number, options, ports);
    this.#span = options.span;
    this.#begin(1);
  }

  /** Events seen. */
  get events(): number {
    return this.seen.reduce((sum, { events }) => sum + events.length, 0);
  }

  get throughRevision(): number {
    return this.#current.throughRevision;
  }

  protected act(): void {
    if (this.#isOpen && this.ports.random.chance(100)) this.#end();
    if (!this.#isOpen) this.#open();
    else this.#stream?.send(WatchRequest.encode(WatchRequest.create({ progressRequest: {} })));
    this.next();
  }

  get #current(): WatchedSpan {
    return this.seen.at(-1) as WatchedSpan;
  }

  #begin(fromRevision: number): void {
    this.seen.push({
      span: this.#span,
      fromRevision,
      throughRevision: fromRevision - 1,
      events: [],
    });
  }

  #open(): void {
    this.#isOpen = true;
    const { from, end } = this.#span;
    const stream: ClientStream = this.connection().stream('/etcdserverpb.Watch/Watch', {
      message: (bytes) => {
        if (this.#stream === stream) this.#told(WatchResponse.decode(bytes));
      },
      ended: () => {
        if (this.#stream !== stream) return;
        this.#isOpen = false;
        this.leave();
      },
    });
    this.#stream = stream;
    const createRequest = WatchCreateRequest.create({
      key: from === '' ? OPEN_END : fromLatin1(from),
      rangeEnd: end === undefined ? OPEN_END : fromLatin1(end),
      startRevision: this.#current.throughRevision + 1,
      progressNotify: true,
    });
    stream.send(WatchRequest.encode(WatchRequest.create({ createRequest })));
  }

  #end(): void {
    this.#isOpen = false;
    this.#stream?.cancel();
    this.#stream = undefined;
    this.leave();
  }

  #told(response: WatchResponse): void {
    if (response.canceled) {
      this.#end();
      if (response.compactRevision > 0) this.#begin(response.compactRevision);
      return;
    }
    if (response.created) return;
    const current = this.#current;
    for (const bytes of response.events) current.events.push(watchedChange(bytes));
    const last = current.events.at(-1)?.revision ?? 0;
    // The header of an answer with events may be ahead of them; one without says how far it is.
    const through = response.events.length === 0 ? (response.header?.revision ?? 0) : last;
    current.throughRevision = Math.max(current.throughRevision, through);
  }
}

function watchedChange(bytes: Uint8Array): WatchedChange {
  const { type, kv } = Event.decode(bytes);
  const { key, ...row } = rowOf(kv ?? new Uint8Array(0));
  const revision = row.modRevision;
  return {
    revision,
    key: latin1(fromLatin1(key)),
    row: type === EventType.DELETE ? undefined : row,
  };
}
