/** One peer: the streams in both directions, the pipeline beside them, and what goes which way. */
import type { MemberId } from '../../base/ids.ts';
import { type Message, MessageType } from '../../pb/index.ts';
import type { MemberUrl } from '../config/member-url.ts';
import { hexId } from '../membership/member.ts';
import { Pipeline } from './dial/pipeline.ts';
import { Prober } from './dial/prober.ts';
import { SnapshotSender } from './dial/snapshot-sender.ts';
import { StreamReader } from './dial/stream-reader.ts';
import { UrlPicker } from './dial/url-picker.ts';
import { messageTypeName } from './message-type-name.ts';
import type { PeerContext, PeerView } from './peer-context.ts';
import type { PeerStatus } from './peer-status.ts';
import { type StreamSink, StreamWriter } from './stream-writer.ts';
import { STREAM_KINDS, type StreamKind } from './wire/stream-codec.ts';

export class Peer {
  readonly #view: PeerView;
  readonly #context: PeerContext;
  readonly #picker: UrlPicker;
  readonly #writers: Readonly<Record<StreamKind, StreamWriter>>;
  readonly #readers: readonly StreamReader[];
  readonly #pipeline: Pipeline;
  readonly #snapshots: SnapshotSender;
  readonly #prober: Prober;

  /** Begins to dial. */
  constructor(view: PeerView, urls: readonly MemberUrl[], context: PeerContext) {
    this.#view = view;
    this.#context = context;
    this.#picker = new UrlPicker(urls);
    this.#writers = {
      msgapp: new StreamWriter('msgapp', view, context),
      message: new StreamWriter('message', view, context),
    };
    this.#pipeline = new Pipeline(view, this.#picker, context);
    this.#snapshots = new SnapshotSender(view, this.#picker, context);
    this.#prober = new Prober(view, urls, context);
    this.#readers = STREAM_KINDS.map((kind) => new StreamReader(kind, view, this.#picker, context));
    for (const reader of this.#readers) reader.start();
  }

  get id(): MemberId {
    return this.#view.id;
  }

  get status(): PeerStatus {
    return this.#view.status;
  }

  /** Queues a message or drops it; {@link flush} sends what is queued. */
  send(message: Message): void {
    if (message.type === MessageType.MsgSnap) {
      this.#snapshots.send(message);
      return;
    }
    const writer = this.#writerFor(message.type);
    const isQueued = writer === undefined ? this.#pipeline.send(message) : writer.queue(message);
    if (!isQueued) this.#dropped(message);
  }

  flush(): void {
    this.#writers.msgapp.flush();
    this.#writers.message.flush();
  }

  /** The peer has dialled this stream; `sink` is where it waits for our messages. */
  attach(kind: StreamKind, sink: StreamSink): void {
    this.#writers[kind].attach(sink);
  }

  update(urls: readonly MemberUrl[]): void {
    this.#picker.update(urls);
    this.#prober.update(urls);
  }

  async stop(): Promise<void> {
    for (const reader of this.#readers) reader.stop();
    for (const writer of Object.values(this.#writers)) writer.stop();
    this.#prober.stop();
    this.#pipeline.stop();
    this.#view.status.forget();
    await this.#snapshots.stop();
  }

  checkInvariants(): void {
    for (const writer of Object.values(this.#writers)) writer.checkInvariants();
  }

  /** Undefined while the peer has no stream for it. */
  #writerFor(type: MessageType): StreamWriter | undefined {
    const { msgapp, message } = this.#writers;
    if (type === MessageType.MsgApp && msgapp.isWorking) return msgapp;
    return message.isWorking ? message : undefined;
  }

  #dropped({ type, from }: Message): void {
    const { id, status, counters, quietLog } = this.#view;
    counters.sentFailures++;
    this.#context.events.unreachable(id);
    quietLog.warn('dropped internal Raft message since sending buffer is full', {
      'message-type': messageTypeName(type),
      'local-member-id': hexId(this.#context.identity.memberId),
      from: hexId(from),
      'remote-peer-id': hexId(id),
      'remote-peer-active': status.isActive,
    });
  }
}
