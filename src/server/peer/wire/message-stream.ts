/** The stream of all messages: each in its length, eight bytes big-endian, and its encoding. */
import { Message } from '../../../pb/index.ts';
import { ByteQueue } from './byte-queue.ts';
import type { FrameBuffer } from './frame-buffer.ts';
import { checkLength, decodeAs, isLinkHeartbeat, LINK_HEARTBEAT } from './message-bytes.ts';
import type { StreamDecoder, StreamEncoder } from './stream-codec.ts';

const LENGTH_BYTES = 8;

export const messageEncoder: StreamEncoder = {
  encode(message: Message, to: FrameBuffer): void {
    to.delimited(Message.encode(message));
  },
  heartbeat(to: FrameBuffer): void {
    to.delimited(Message.encode(LINK_HEARTBEAT));
  },
};

export class MessageDecoder implements StreamDecoder {
  readonly #queue = new ByteQueue();

  decode(chunk: Uint8Array): Message[] {
    this.#queue.push(chunk);
    const messages: Message[] = [];
    for (let m = takeMessage(this.#queue); m !== undefined; m = takeMessage(this.#queue)) {
      if (!isLinkHeartbeat(m)) messages.push(m);
    }
    return messages;
  }
}

/** The message at the front, once it is whole. Throws PEER_TOO_LARGE or PEER_MALFORMED. */
export function takeMessage(queue: ByteQueue, bytesMax?: number): Message | undefined {
  if (queue.length < LENGTH_BYTES) return undefined;
  const length = queue.u64At(0);
  checkLength(length, bytesMax);
  if (queue.length < LENGTH_BYTES + length) return undefined;
  queue.skip(LENGTH_BYTES);
  return decodeAs(Message, queue.take(length));
}
