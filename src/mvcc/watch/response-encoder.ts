import type { ClusterId, MemberId, Revision, Term } from '../../base/ids.ts';
import type { ResponseHeader } from '../../pb/index.ts';
import { WatchResponse } from '../../pb/index.ts';
import type { WatcherOptions } from './watcher.ts';

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

/** Encodes watch responses. Equal ones in a row share their bytes: nobody may change them. */
export class ResponseEncoder {
  readonly #options: ResponseEncoderOptions;
  /** The last whole response with events, for the next watcher that gets the same. */
  #last: { readonly response: WatchResponse; readonly bytes: Uint8Array } | undefined;

  constructor(options: ResponseEncoderOptions) {
    this.#options = options;
  }

  /** A response without events, stamped `revision`. */
  control(revision: Revision, fields: Partial<WatchResponse>): Uint8Array {
    return WatchResponse.encode(
      WatchResponse.create({ ...fields, header: this.#header(revision) }),
    );
  }

  /** A response with encoded events: one message, or several fragments if the watcher wants. */
  events(revision: Revision, watcher: WatcherOptions, events: readonly Uint8Array[]): Uint8Array[] {
    const response = WatchResponse.create({
      header: this.#header(revision),
      watchId: watcher.id,
      events: events as Uint8Array[],
    });
    const fragmentBytesMin = this.#options.fragmentBytesMin;
    if (!watcher.isFragmented || events.length < 2) return [this.#whole(response)];
    const whole = this.#whole(response);
    return whole.length < fragmentBytesMin ? [whole] : fragments(response, fragmentBytesMin);
  }

  #whole(response: WatchResponse): Uint8Array {
    if (this.#last === undefined || !isSame(response, this.#last.response)) {
      this.#last = { response, bytes: WatchResponse.encode(response) };
    }
    return this.#last.bytes;
  }

  #header(revision: Revision): ResponseHeader {
    return { ...this.#options.header(), revision };
  }
}

/** Events are the same only if they are the same bytes, not merely equal ones. */
function isSame(a: WatchResponse, b: WatchResponse): boolean {
  return (
    a.watchId === b.watchId &&
    a.header?.revision === b.header?.revision &&
    a.header?.raftTerm === b.header?.raftTerm &&
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
