/** As little of raft as a leader needs to take its sender for a follower that has everything. */
import { Message, MessageType } from '../../../src/pb/index.ts';
import type { TestMember } from './test-member.ts';

export class StubFollower {
  readonly #member: TestMember;
  /** Index of the last entry or snapshot that has come. */
  last = 0;
  term = 0;
  leader = 0n;

  constructor(member: TestMember) {
    this.#member = member;
    member.events.onMessages = (messages) => {
      for (const message of messages) this.#answer(message);
    };
  }

  #answer(message: Message): void {
    this.term = Math.max(this.term, message.term);
    switch (message.type) {
      case MessageType.MsgPreVote:
        this.#send(message, { type: MessageType.MsgPreVoteResp, term: message.term });
        break;
      case MessageType.MsgVote:
        this.#send(message, { type: MessageType.MsgVoteResp });
        break;
      case MessageType.MsgHeartbeat: {
        this.leader = message.from;
        const { context } = message;
        this.#send(message, { type: MessageType.MsgHeartbeatResp, context });
        break;
      }
      case MessageType.MsgApp:
        this.#append(message);
        break;
      case MessageType.MsgSnap:
        this.last = message.snapshot?.metadata.index ?? 0;
        this.#send(message, { type: MessageType.MsgAppResp, index: this.last });
        break;
      default:
        break;
    }
  }

  #append(append: Message): void {
    this.leader = append.from;
    if (append.index > this.last) {
      const hint = { reject: true, index: append.index, rejectHint: this.last };
      this.#send(append, { type: MessageType.MsgAppResp, ...hint });
      return;
    }
    this.last = Math.max(this.last, append.index + append.entries.length);
    const index = append.index + append.entries.length;
    this.#send(append, { type: MessageType.MsgAppResp, index });
  }

  #send(to: Message, fields: Partial<Message>): void {
    this.#member.transport.send([
      Message.create({ from: this.#member.id, to: to.from, term: this.term, ...fields }),
    ]);
  }
}
