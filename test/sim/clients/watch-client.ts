/** A client that watches a span of keys, and goes on at another member where one has left it. */
import { fromLatin1 } from '../../../src/base/bytes.ts';
import * as wire from '../../../src/pb/index.ts';
import type { Span } from '../check/history.ts';
import type { WatchEvent, WatchResponse, WatchSession } from '../check/watch-history.ts';
import type { ClientStream } from '../network/client-connection.ts';
import { type ClientOptions, type ClientPorts, SimClient } from './sim-client.ts';
import { rowOf } from './wire-requests.ts';

const OPEN_END = Uint8Array.of(0);

export class WatchClient extends SimClient {
  /** Sessions so far, each but the first beginning where the one before it ended. */
  readonly sessions: WatchSession[] = [];
  readonly #span: Span;
  #responses: WatchResponse[] = [];
  #stream: ClientStream | undefined;
  #next = 1;

  constructor(number: number, options: ClientOptions & { span: Span }, ports: ClientPorts) {
    super(number, options, ports);
    this.#span = options.span;
  }

  /** Events seen. */
  get events(): number {
    const responses = this.sessions.flatMap((session) => session.responses);
    return responses.reduce(
      (sum, response) => sum + (response.kind === 'events' ? response.events.length : 0),
      0,
    );
  }

  /** Revision up to which everything was seen. */
  get through(): number {
    return this.#next - 1;
  }

  /** From now on its stream only ends when somebody else ends it. */
  override stop(): void {
    super.stop();
    this.#ask();
  }

  protected act(): void {
    if (this.#stream !== undefined && this.ports.random.chance(100)) this.#end();
    this.#ask();
    this.next();
  }

  /** Asks how far the member is; of another member, if this one has gone. */
  #ask(): void {
    if (this.#stream === undefined) this.#open();
    const progressRequest = {};
    this.#stream?.send(wire.WatchRequest.encode(wire.WatchRequest.create({ progressRequest })));
    if (this.isStopped) this.ports.host.time.after(this.options.thinkMs, () => this.#ask());
  }

  #open(): void {
    const { from, end } = this.#span;
    const stream: ClientStream = this.connection().stream('/etcdserverpb.Watch/Watch', {
      message: (bytes) => {
        if (this.#stream === stream) this.#told(wire.WatchResponse.decode(bytes));
      },
      ended: () => {
        if (this.#stream !== stream) return;
        this.#stream = undefined;
        this.leave();
      },
    });
    this.#stream = stream;
    const startRevision = this.#next;
    this.#responses = [];
    this.sessions.push({
      name: `watcher ${this.number}, session ${this.sessions.length + 1}`,
      span: this.#span,
      startRevision,
      sees: 'all',
      asksPrevious: true,
      mayFragment: false,
      responses: this.#responses,
    });
    const createRequest = wire.WatchCreateRequest.create({
      key: from === '' ? OPEN_END : fromLatin1(from),
      rangeEnd: end === undefined ? OPEN_END : fromLatin1(end),
      startRevision,
      progressNotify: true,
      prevKv: true,
    });
    stream.send(wire.WatchRequest.encode(wire.WatchRequest.create({ createRequest })));
  }

  #end(): void {
    this.#stream?.cancel();
    this.#stream = undefined;
    this.leave();
  }

  #told(message: wire.WatchResponse): void {
    const response = this.#responseOf(message);
    this.#responses.push(response);
    this.ports.network.trace.note(`c${this.number} ${response.kind} ${response.revision}`);
    switch (response.kind) {
      case 'created':
        return;
      case 'canceled':
        if (response.compactRevision > 0) this.#next = response.compactRevision;
        this.#end();
        return;
      case 'bookmark':
        this.#next = Math.max(this.#next, response.revision + 1);
        return;
      case 'events':
        this.#next = Math.max(this.#next, (response.events.at(-1)?.revision ?? 0) + 1);
    }
  }

  #responseOf(message: wire.WatchResponse): WatchResponse {
    const place = { at: this.ports.recorder.next(), revision: message.header?.revision ?? 0 };
    const { compactRevision, fragment: isFragment } = message;
    if (message.canceled) return { ...place, kind: 'canceled', compactRevision };
    if (message.created) return { ...place, kind: 'created' };
    if (message.events.length === 0) return { ...place, kind: 'bookmark' };
    return { ...place, kind: 'events', events: message.events.map(watchEvent), isFragment };
  }
}

function watchEvent(bytes: Uint8Array): WatchEvent {
  const { type, kv, prevKv } = wire.Event.decode(bytes);
  const { key, ...row } = rowOf(kv ?? new Uint8Array(0));
  return {
    revision: row.modRevision,
    key,
    row: type === wire.EventType.DELETE ? undefined : row,
    previous: prevKv === undefined ? undefined : rowOf(prevKv),
  };
}
