/** Messages that came in, of streams and posts alike: whom they are from and for decides. */
import type { MemberId } from '../../base/ids.ts';
import type { Message } from '../../pb/index.ts';
import { hexId } from '../membership/member.ts';
import type { QuietLog } from './quiet-log.ts';

export interface InboxPorts {
  readonly quietLog: QuietLog;
  readonly isRemoved: (id: MemberId) => boolean;
  readonly received: (messages: readonly Message[]) => void;
}

/** Why a message is not taken in, in etcd's words. */
export type Refusal =
  | 'cannot process message from removed member'
  | 'cannot process message to mismatch member';

export class Inbox {
  readonly #localId: MemberId;
  readonly #ports: InboxPorts;

  constructor(localId: MemberId, ports: InboxPorts) {
    this.#localId = localId;
    this.#ports = ports;
  }

  /** Of a stream: what must not be taken in is left out. */
  receive(messages: readonly Message[]): void {
    const taken = messages.filter((message) => this.#refusal(message) === undefined);
    if (taken.length > 0) this.#ports.received(taken);
  }

  /** Of a post: undefined when the message was taken in. */
  post(message: Message): Refusal | undefined {
    const refusal = this.#refusal(message);
    if (refusal === undefined) this.#ports.received([message]);
    return refusal;
  }

  #refusal({ from, to }: Message): Refusal | undefined {
    const { quietLog, isRemoved } = this.#ports;
    if (isRemoved(from)) {
      quietLog.warn('rejected Raft message from removed member', {
        'local-member-id': hexId(this.#localId),
        'removed-member-id': hexId(from),
      });
      return 'cannot process message from removed member';
    }
    if (to !== this.#localId) {
      quietLog.warn('rejected Raft message to mismatch member', {
        'local-member-id': hexId(this.#localId),
        'mismatch-member-id': hexId(to),
      });
      return 'cannot process message to mismatch member';
    }
    return undefined;
  }
}
