/** A member that writes down what its transport tells it, and keeps snapshots in memory. */
import type { MemberId } from '../../../src/base/ids.ts';
import type {
  OutgoingSnapshot,
  PeerEvents,
  SnapshotExchange,
} from '../../../src/base/ports/peer-transport.ts';
import type { Message } from '../../../src/pb/index.ts';

export interface SavedSnapshot {
  readonly message: Message;
  readonly database: Buffer;
}

/** Snapshots in memory: `database` is what is sent. */
export class MemorySnapshots implements SnapshotExchange<Message> {
  readonly saved: SavedSnapshot[] = [];
  readonly failures: unknown[] = [];
  opened = 0;
  closed = 0;
  /** What the body of an outgoing snapshot is made of. */
  body: () => AsyncIterable<Uint8Array> = async function* () {
    yield Buffer.from('database');
  };

  open(message: Message): Promise<OutgoingSnapshot<Message>> {
    this.opened++;
    const close = (): Promise<void> => {
      this.closed++;
      return Promise.resolve();
    };
    return Promise.resolve({ message, body: this.body(), close });
  }

  async save(message: Message, body: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of body) chunks.push(chunk);
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
    this.saved.push({ message, database: Buffer.concat(chunks) });
  }
}

export class RecordedEvents implements PeerEvents<Message> {
  readonly messages: Message[] = [];
  /** All other events as words. */
  readonly others: string[] = [];
  onMessages: (messages: readonly Message[]) => void = () => undefined;

  received(messages: readonly Message[]): void {
    this.messages.push(...messages);
    this.onMessages(messages);
  }

  unreachable(id: MemberId): void {
    this.others.push(`unreachable ${id}`);
  }

  snapshotSent(id: MemberId, isSaved: boolean): void {
    this.others.push(`snapshot to ${id} ${isSaved ? 'saved' : 'lost'}`);
  }

  removed(): void {
    this.others.push('removed');
  }

  becameActive(id: MemberId): void {
    this.others.push(`active ${id}`);
  }
}
