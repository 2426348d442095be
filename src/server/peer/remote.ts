/**
 * Somebody who is no member as far as we know, because we lag behind. It gets answers to what it
 * posts, so that it can help us catch up, and nothing else.
 */
import { type Message, MessageType } from '../../pb/index.ts';
import type { MemberUrl } from '../config/member-url.ts';
import { hexId } from '../membership/member.ts';
import { Pipeline } from './dial/pipeline.ts';
import { UrlPicker } from './dial/url-picker.ts';
import { messageTypeName } from './message-type-name.ts';
import type { PeerContext, PeerView } from './peer-context.ts';

export class Remote {
  readonly #view: PeerView;
  readonly #context: PeerContext;
  readonly #pipeline: Pipeline;

  constructor(view: PeerView, urls: readonly MemberUrl[], context: PeerContext) {
    this.#view = view;
    this.#context = context;
    this.#pipeline = new Pipeline(view, new UrlPicker(urls), context);
  }

  send(message: Message): void {
    // Only a member gets the database.
    if (message.type === MessageType.MsgSnap) {
      this.#context.events.snapshotSent(this.#view.id, false);
    } else if (!this.#pipeline.send(message)) {
      this.#view.counters.sentFailures++;
      this.#view.quietLog.warn(
        'dropped Raft message since sending buffer is full (overloaded network)',
        {
          'message-type': messageTypeName(message.type),
          'local-member-id': hexId(this.#context.identity.memberId),
          'remote-peer-id': hexId(this.#view.id),
          'remote-peer-active': this.#view.status.isActive,
        },
      );
    }
  }

  stop(): void {
    this.#pipeline.stop();
    this.#view.status.forget();
  }
}
