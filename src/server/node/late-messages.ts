/** Messages that promise what the disk must hold first: they wait for the writes they speak of. */
import type { PeerTransport } from '../../base/ports/peer-transport.ts';
import type { Message } from '../../pb/index.ts';
import type { Ready } from '../../raft/index.ts';

interface Waiting {
  /** The number of the write that has to end first. */
  readonly write: number;
  readonly messages: readonly Message[];
}

export class LateMessages {
  readonly #transport: Pick<PeerTransport<Message>, 'send'>;
  /** In the order of the writes; as many as the log has commands at most. */
  readonly #waiting: Waiting[] = [];
  /** The last Ready with something to write, and the last one that is on disk. */
  #lastWrite = 0;
  #persisted = 0;

  constructor(transport: Pick<PeerTransport<Message>, 'send'>) {
    this.#transport = transport;
  }

  /** Sends the late messages of a Ready when it and all before it are on disk, which may be now. */
  add(ready: Pick<Ready, 'number' | 'messagesAfterPersist'>, isWritten: boolean): void {
    if (isWritten) this.#lastWrite = ready.number;
    const messages = ready.messagesAfterPersist;
    if (messages.length === 0) return;
    if (this.#lastWrite <= this.#persisted) this.#transport.send(messages);
    else this.#waiting.push({ write: this.#lastWrite, messages });
  }

  /** The Readys up to `number` are on disk. */
  persisted(number: number): void {
    this.#persisted = number;
    const behind = this.#waiting.findIndex(({ write }) => write > number);
    const due = this.#waiting.splice(0, behind === -1 ? this.#waiting.length : behind);
    if (due.length > 0) this.#transport.send(due.flatMap(({ messages }) => messages));
  }
}
