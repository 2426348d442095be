/** The two streams between members, and what makes bytes of messages on them and back. */
import type { Message } from '../../../pb/index.ts';
import type { FrameBuffer } from './frame-buffer.ts';

/** `msgapp` carries appends alone, in a shorter form; `message` carries everything. */
export type StreamKind = 'msgapp' | 'message';

export const STREAM_KINDS: readonly StreamKind[] = ['msgapp', 'message'];

/** etcd's name of a stream in log lines. */
export const STREAM_NAME: Readonly<Record<StreamKind, string>> = {
  msgapp: 'stream MsgApp v2',
  message: 'stream Message',
};

/** What is written to one stream, from its first byte on. */
export interface StreamEncoder {
  encode(message: Message, to: FrameBuffer): void;
  heartbeat(to: FrameBuffer): void;
}

/** What comes in on one stream, from its first byte on. */
export interface StreamDecoder {
  /**
   * The messages that `chunk` completes, without heartbeats; they own their bytes. Throws
   * {@link PeerError}, and then the stream has to end.
   */
  decode(chunk: Uint8Array): Message[];
}
