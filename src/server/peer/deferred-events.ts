/**
 * Tells the member what happened, never from inside one of its own calls: what a `send` finds out
 * is told in a later turn, and a peer that lost many messages in one turn is named once.
 */
import type { MemberId } from '../../base/ids.ts';
import type { PeerEvents } from '../../base/ports/peer-transport.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { Message } from '../../pb/index.ts';

export class DeferredEvents {
  readonly #events: PeerEvents<Message>;
  readonly #scheduler: Scheduler;
  #unreachable = new Set<MemberId>();
  #others: (() => void)[] = [];
  #isScheduled = false;
  #isStopped = false;

  constructor(events: PeerEvents<Message>, scheduler: Scheduler) {
    this.#events = events;
    this.#scheduler = scheduler;
  }

  unreachable(id: MemberId): void {
    this.#unreachable.add(id);
    this.#schedule();
  }

  snapshotSent(id: MemberId, isSaved: boolean): void {
    this.#defer(() => this.#events.snapshotSent(id, isSaved));
  }

  removed(): void {
    this.#defer(() => this.#events.removed());
  }

  becameActive(id: MemberId): void {
    this.#defer(() => this.#events.becameActive(id));
  }

  /** At once: messages come in from sockets, in turns of their own. */
  received(messages: readonly Message[]): void {
    if (!this.#isStopped) this.#events.received(messages);
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#isStopped = true;
  }

  #defer(event: () => void): void {
    this.#others.push(event);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scheduler.defer(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const unreachable = this.#unreachable;
    const others = this.#others;
    this.#unreachable = new Set();
    this.#others = [];
    if (this.#isStopped) return;
    for (const id of unreachable) this.#events.unreachable(id);
    for (const tell of others) tell();
  }
}
