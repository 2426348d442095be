/** Posts a snapshot: the raft message with its length, then the database to the end of the body. */
import type { ClientRequest } from 'node:http';
import type { OutgoingSnapshot } from '../../../base/ports/peer-transport.ts';
import type { Message } from '../../../pb/index.ts';
import { humanBytes } from '../../human-bytes.ts';
import { hexId } from '../../membership/member.ts';
import { PeerError, reasonOf } from '../errors.ts';
import { IdleTimer } from '../idle-timer.ts';
import type { PeerContext, PeerView } from '../peer-context.ts';
import { FrameBuffer } from '../wire/frame-buffer.ts';
import { messageEncoder } from '../wire/message-stream.ts';
import { posted } from './answer.ts';
import { requestHeaders } from './request-headers.ts';
import type { UrlPicker } from './url-picker.ts';

/** Snapshots on the way to one peer; a further one counts as lost. Raft sends one at a time. */
export const snapshotsSendingMax = 2;
/** A peer that takes nothing of the body for that long has failed. */
export const SNAPSHOT_STALL_MS = 30_000;

export class SnapshotSender {
  readonly #peer: PeerView;
  readonly #picker: UrlPicker;
  readonly #context: PeerContext;
  /** By what is under way: what gives it up. */
  readonly #sending = new Map<Promise<void>, AbortController>();

  constructor(peer: PeerView, picker: UrlPicker, context: PeerContext) {
    this.#peer = peer;
    this.#picker = picker;
    this.#context = context;
  }

  send(message: Message): void {
    if (this.#sending.size >= snapshotsSendingMax) {
      this.#failed(message, new PeerError('PEER_REFUSED', 'too many snapshots are under way'));
      return;
    }
    const stop = new AbortController();
    const sent: Promise<void> = this.#send(message, stop.signal).finally(() => {
      this.#sending.delete(sent);
    });
    this.#sending.set(sent, stop);
  }

  /** Gives up what is under way; resolves when all bodies are closed. */
  async stop(): Promise<void> {
    const sending = [...this.#sending];
    for (const [, stop] of sending) stop.abort();
    await Promise.all(sending.map(([sent]) => sent));
  }

  async #send(asked: Message, stop: AbortSignal): Promise<void> {
    const counters = this.#peer.counters.snapshotsSent;
    const startMs = this.#context.clock.monotonicMs();
    counters.underWay++;
    try {
      const bytes = await this.#transfer(asked, stop);
      if (stop.aborted) return;
      counters.done++;
      counters.seconds.observe((this.#context.clock.monotonicMs() - startMs) / 1000);
      this.#peer.counters.sentBytes += bytes;
      this.#peer.status.activate();
      this.#context.events.snapshotSent(this.#peer.id, true);
    } catch (error) {
      if (!stop.aborted) this.#failed(asked, error);
    } finally {
      counters.underWay--;
    }
  }

  /** Resolves with the length of the body when the peer has saved it. */
  async #transfer(asked: Message, stop: AbortSignal): Promise<number> {
    const snapshot = await this.#context.snapshots.open(asked);
    try {
      const fields = this.#fields(snapshot.message);
      this.#context.logger.info('sending database snapshot', fields);
      const bytes = await this.#post(snapshot, stop);
      const size = { bytes, size: humanBytes(bytes) };
      this.#context.logger.info('sent database snapshot', { ...fields, ...size });
      return bytes;
    } finally {
      await snapshot.close();
    }
  }

  async #post(snapshot: OutgoingSnapshot<Message>, stop: AbortSignal): Promise<number> {
    stop.throwIfAborted();
    const { client, identity } = this.#context;
    const url = this.#picker.pick();
    const request = client.open({
      url,
      method: 'POST',
      path: '/raft/snapshot',
      headers: { ...requestHeaders(identity), 'Content-Type': 'application/octet-stream' },
      connection: 'stream',
    });
    stop.addEventListener('abort', () => void request.destroy());
    const answered = posted(request);
    const written = this.#write(snapshot, request);
    try {
      const [bytes] = await Promise.all([written, answered]);
      return bytes;
    } catch (error) {
      this.#picker.unreachable(url);
      throw error;
    } finally {
      request.destroy();
      await Promise.allSettled([answered, written]);
    }
  }

  /** Resolves with the number of bytes when all are handed to the connection. */
  async #write(
    { message, body }: OutgoingSnapshot<Message>,
    request: ClientRequest,
  ): Promise<number> {
    const head = new FrameBuffer();
    messageEncoder.encode(message, head);
    let bytes = head.length;
    request.write(head.take());
    for await (const chunk of body) {
      bytes += chunk.length;
      if (!request.write(chunk)) await this.#drained(request);
    }
    request.end();
    return bytes;
  }

  async #drained(request: ClientRequest): Promise<void> {
    if (request.destroyed) throw new PeerError('PEER_UNREACHABLE', 'connection closed');
    const stalled = new IdleTimer(this.#context, SNAPSHOT_STALL_MS, () => {
      request.destroy(new PeerError('PEER_UNREACHABLE', 'write timed out'));
    });
    await new Promise<void>((resolve) => {
      // Also when it is closed: the next write finds that out.
      const goOn = (): void => {
        request.off('drain', goOn).off('close', goOn);
        resolve();
      };
      request.on('drain', goOn).on('close', goOn);
    });
    stalled.cancel();
  }

  #failed(message: Message, error: unknown): void {
    const { id, status, counters } = this.#peer;
    const { events } = this.#context;
    const reason = reasonOf(error);
    this.#peer.quietLog.warn('failed to send database snapshot', {
      ...this.#fields(message),
      error: reason,
    });
    status.deactivate({ action: 'post', source: 'sendMsgSnap', reason });
    counters.sentFailures++;
    counters.snapshotsSent.failed++;
    events.unreachable(id);
    events.snapshotSent(id, false);
  }

  #fields({ snapshot }: Message): Record<string, unknown> {
    return {
      'snapshot-index': snapshot?.metadata.index ?? 0,
      'remote-peer-id': hexId(this.#peer.id),
    };
  }
}
