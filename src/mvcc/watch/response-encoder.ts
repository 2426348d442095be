import type { ClusterId, MemberId, Revision, Term } from '../../base/ids.ts';
import { type ResponseHeader, WatchResponse } from '../../pb/index.ts';
import type { Watcher, WatchId } from './watcher.ts';

/** What every response says of the member, beside the revision. */
export interface MemberHeader {
  readonly clusterId: ClusterId;
  readonly memberId: MemberId;
  readonly raftTerm: Term;
}

export interface ResponseEncoderOptions {
  /** Asked for each response. */
  readonly header: () => MemberHeader;
  /** A response of this many bytes or more is split for watchers that asked for fragments. */
  readonly fragmentBytesMin: number;
}

/** A whole response with events. */
interface EventResponse {
  readonly header: ResponseHeader;
  readonly watchId: WatchId;
  readonly events: readonly Uint8Array[];
  readonly bytes: Uint8Array;
}

/** Encodes watch responses. Equal ones in a row share their bytes: nobody may change them. */
export class ResponseEncoder {
  readonly #options: ResponseEncoderOptions;
  #lastHeader: ResponseHeader | undefined;
  /** Kept for the next watcher, which often gets the same. */
  #last: EventResponse | undefined;

  constructor(options: ResponseEncoderOptions) {
    this.#options = options;
  }

  /** A response without events, stamped `revision`. */
  control(revision: Revision, fields: Partial<WatchResponse>): Uint8Array {
    const header = this.#header(revision);
    return WatchResponse.encode(WatchResponse.create({ ...fields, header }));
  }

  /** A response with encoded events: one message, or several fragments if the watcher wants. */
  events(revision: Revision, watcher: Watcher, events: Uint8Array[]): Uint8Array[] {
    const header = this.#header(revision);
    const watchId = watcher.id;
    if (this.#last === undefined || !isSame(this.#last, { header, watchId, events })) {
      const bytes = WatchResponse.encode(WatchResponse.create({ header, watchId, events }));
      this.#last = { header, watchId, events, bytes };
    }
    const whole = this.#last.bytes;
    const { fragmentBytesMin } = this.#options;
    if (!watcher.options.isFragmented || events.length < 2 || whole.length < fragmentBytesMin) {
      return [whole];
    }
    return fragments(WatchResponse.create({ header, watchId, events }), fragmentBytesMin);
  }

  /** The same object as long as it says the same. */
  #header(revision: Revision): ResponseHeader {
    const { clusterId, memberId, raftTerm } = this.#options.header();
    const last = this.#lastHeader;
    if (last?.revision === revision && last.raftTerm === raftTerm) return last;
    this.#lastHeader = { clusterId, memberId, revision, raftTerm };
    return this.#lastHeader;
  }
}

/** Events are the same only if they are the same bytes, not merely equal ones. */
function isSame(a: EventResponse, b: Omit<EventResponse, 'bytes'>): boolean {
  return (
    a.header === b.header &&
    a.watchId === b.watchId &&
    a.events.length === b.events.length &&
    a.events.every((event, i) => event === b.events[i])
  );
}

/**
 * The response in parts, all but the last marked: as many events in each as keep it below
 * `bytesMin`, but at least one.
 */
function fragments(response: WatchResponse, bytesMin: number): Uint8Array[] {
  const envelopeBytes = WatchResponse.encode({ ...response, events: [], fragment: true }).length;
  const parts: Uint8Array[] = [];
  for (let from = 0; from < response.events.length; ) {
    let to = from;
    let bytes = envelopeBytes;
    for (; to < response.events.length; to++) {
      bytes += eventBytes(response.events[to] as Uint8Array);
      if (to > from && bytes >= bytesMin) break;
    }
    const events = response.events.slice(from, to);
    const fragment = to < response.events.length;
    parts.push(WatchResponse.encode({ ...response, events, fragment }));
    from = to;
  }
  return parts;
}

/** Size of an event in its response: a tag of one byte, the length, the event. */
function eventBytes(event: Uint8Array): number {
  let lengthBytes = 1;
  for (let rest = event.length; rest >= 0x80; rest >>>= 7) lengthBytes++;
  return 1 + lengthBytes + event.length;
}
