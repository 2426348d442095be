/**
 * The stream of appends, etcd's msgappv2. In steady replication each append begins where the one
 * before has ended, so both sides keep that place and only entries and commit index travel:
 *
 *     0                                                      heartbeat
 *     1 | count | count times (length | entry) | commit      entries behind the place
 *     2 | length | message                                   any append; sets the place
 *
 * Numbers but the first have eight bytes, big-endian. A stream begins with term 0, index 0.
 */
import { assert } from '../../../base/assert.ts';
import type { LogIndex, MemberId, Term } from '../../../base/ids.ts';
import { Entry, Message, MessageType } from '../../../pb/index.ts';
import { PeerError } from '../errors.ts';
import { ByteQueue } from './byte-queue.ts';
import { EntryRuns } from './entry-runs.ts';
import type { FrameBuffer } from './frame-buffer.ts';
import { checkLength, decodeAs, frameBytesMax } from './message-bytes.ts';
import { takeMessage } from './message-stream.ts';
import type { StreamDecoder, StreamEncoder } from './stream-codec.ts';

/**
 * A frame that claims more entries ends its stream. An append has 1 MiB of entries or one entry, and
 * none is encoded in less than six bytes, so no member sends a fifth of it.
 */
export const frameEntriesMax: number = 1 << 20;

const Kind = { heartbeat: 0, entries: 1, message: 2 } as const;
const U64_BYTES = 8;

/** Where the log of the receiver ends, as far as this stream has told. */
interface Place {
  term: Term;
  index: LogIndex;
}

export class AppendEncoder implements StreamEncoder {
  readonly #place: Place = { term: 0, index: 0 };
  readonly #runs: EntryRuns;

  /** `runs` may be shared with the streams of other peers. */
  constructor(runs: EntryRuns = new EntryRuns()) {
    this.#runs = runs;
  }

  encode(append: Message, to: FrameBuffer): void {
    assert(append.type === MessageType.MsgApp, 'the append stream carries appends');
    if (this.#isNext(append)) {
      this.#entries(append, to);
    } else {
      to.byte(Kind.message);
      to.delimited(Message.encode(append));
      setPlace(this.#place, append);
    }
  }

  heartbeat(to: FrameBuffer): void {
    to.byte(Kind.heartbeat);
  }

  #isNext({ index, logTerm, term }: Message): boolean {
    return index === this.#place.index && logTerm === this.#place.term && logTerm === term;
  }

  #entries({ entries, commit }: Message, to: FrameBuffer): void {
    to.byte(Kind.entries);
    to.u64(entries.length);
    to.raw(this.#runs.encoded(entries));
    to.u64(commit);
    this.#place.index += entries.length;
  }
}

/** Entries that have come of a frame that is not whole yet. */
interface OpenFrame {
  readonly entries: Entry[];
  readonly count: number;
  bytes: number;
}

export class AppendDecoder implements StreamDecoder {
  readonly #queue = new ByteQueue();
  readonly #local: MemberId;
  readonly #remote: MemberId;
  readonly #place: Place = { term: 0, index: 0 };
  #open: OpenFrame | undefined;

  /** `local` reads what `remote` sends: entries travel without saying from whom to whom. */
  constructor(local: MemberId, remote: MemberId) {
    this.#local = local;
    this.#remote = remote;
  }

  decode(chunk: Uint8Array): Message[] {
    this.#queue.push(chunk);
    const messages: Message[] = [];
    for (;;) {
      const next = this.#open === undefined ? this.#frame() : this.#rest(this.#open);
      if (next === 'incomplete') return messages;
      if (next !== 'continue') messages.push(next);
    }
  }

  #frame(): Message | 'continue' | 'incomplete' {
    const queue = this.#queue;
    if (queue.length === 0) return 'incomplete';
    const kind = queue.byteAt(0);
    switch (kind) {
      case Kind.heartbeat:
        queue.skip(1);
        return 'continue';
      case Kind.entries:
        return this.#openFrame();
      case Kind.message:
        return this.#message();
      default:
        throw new PeerError('PEER_MALFORMED', `failed to parse type ${kind} in msgappv2 stream`);
    }
  }

  #openFrame(): 'continue' | 'incomplete' {
    if (this.#queue.length < 1 + U64_BYTES) return 'incomplete';
    const count = this.#queue.u64At(1);
    if (count > frameEntriesMax) {
      throw new PeerError(
        'PEER_TOO_LARGE',
        `${count} entries in a frame, ${frameEntriesMax} allowed`,
      );
    }
    this.#queue.skip(1 + U64_BYTES);
    this.#open = { entries: [], count, bytes: 0 };
    return 'continue';
  }

  #rest(open: OpenFrame): Message | 'incomplete' {
    const queue = this.#queue;
    this.#takeEntries(open);
    if (open.entries.length < open.count || queue.length < U64_BYTES) return 'incomplete';
    const commit = saturated(queue.u64At(0));
    queue.skip(U64_BYTES);
    this.#open = undefined;
    return this.#append(open.entries, commit);
  }

  /** Takes the entries that are whole, all of them in one piece of memory. */
  #takeEntries(open: OpenFrame): void {
    const queue = this.#queue;
    const ends = this.#wholeEntries(open);
    const run = queue.take(ends.at(-1) ?? 0);
    let start = 0;
    for (const end of ends) {
      open.entries.push(decodeAs(Entry, run, start + U64_BYTES, end));
      start = end;
    }
    open.bytes += start - ends.length * U64_BYTES;
    const isNextAnnounced = open.entries.length < open.count && queue.length >= U64_BYTES;
    if (isNextAnnounced) checkLength(open.bytes + queue.u64At(0), frameBytesMax);
  }

  /** Where in the queue the next entries end, up to the first that is not whole or too long. */
  #wholeEntries({ entries, count, bytes }: OpenFrame): number[] {
    const queue = this.#queue;
    const ends: number[] = [];
    let end = 0;
    while (entries.length + ends.length < count && queue.length >= end + U64_BYTES) {
      const next = end + U64_BYTES + queue.u64At(end);
      const isAllowed = bytes + next - (ends.length + 1) * U64_BYTES <= frameBytesMax;
      if (!isAllowed || queue.length < next) break;
      ends.push(next);
      end = next;
    }
    return ends;
  }

  #append(entries: Entry[], commit: LogIndex): Message {
    const { term, index } = this.#place;
    this.#place.index = saturated(index + entries.length);
    return Message.create({
      type: MessageType.MsgApp,
      from: this.#remote,
      to: this.#local,
      term,
      logTerm: term,
      index,
      entries,
      commit,
    });
  }

  #message(): Message | 'incomplete' {
    const { length } = this.#queue;
    if (length < 1 + U64_BYTES) return 'incomplete';
    const bytes = this.#queue.u64At(1);
    checkLength(bytes);
    if (length < 1 + U64_BYTES + bytes) return 'incomplete';
    this.#queue.skip(1);
    const message = takeMessage(this.#queue);
    assert(message !== undefined, 'the message is whole');
    setPlace(this.#place, message);
    return message;
  }
}

/** As all counters from outside: what a number cannot hold becomes the highest that it can. */
function saturated(value: number): LogIndex {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

function setPlace(place: Place, { term, index, entries }: Message): void {
  place.term = term;
  place.index = entries.at(-1)?.index ?? index;
}
