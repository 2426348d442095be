/** What all codecs of the peer port share: bounds, and raft messages as bytes. */
import { Message, type MessageCodec, MessageType, Reader, WireError } from '../../../pb/index.ts';
import { PeerError } from '../errors.ts';

/**
 * A longer frame ends its stream. As long as etcd's: an append holds entries of 1 MiB together, but
 * one entry alone may be as long as the sender's --max-request-bytes lets it.
 */
export const frameBytesMax: number = 512 * 1024 * 1024;

/** Throws PEER_TOO_LARGE for a length that `bytesMax` does not cover. */
export function checkLength(length: number, bytesMax: number = frameBytesMax): void {
  if (length > bytesMax) {
    throw new PeerError('PEER_TOO_LARGE', `${length} bytes are announced, ${bytesMax} allowed`);
  }
}

/** Reads `bytes[start, end)`, of which the value keeps views. Throws PEER_MALFORMED. */
export function decodeAs<T>(
  codec: MessageCodec<T>,
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): T {
  try {
    return codec.decodeFrom(new Reader(bytes, start, end));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new PeerError('PEER_MALFORMED', error.message, error);
  }
}

/** Says "I am here" on a stream without traffic; raft never sends from nobody to nobody. */
export const LINK_HEARTBEAT: Message = Message.create({ type: MessageType.MsgHeartbeat });

export function isLinkHeartbeat({ type, from, to }: Message): boolean {
  return type === MessageType.MsgHeartbeat && from === 0n && to === 0n;
}
