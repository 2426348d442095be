/** Posts single messages to a peer: the way to go while there is no stream. */
import type { ClientRequest } from 'node:http';
import { Message } from '../../../pb/index.ts';
import { hexId } from '../../membership/member.ts';
import { PeerError, reasonOf } from '../errors.ts';
import type { PeerContext, PeerView } from '../peer-context.ts';
import { posted } from './answer.ts';
import { requestHeaders } from './request-headers.ts';
import type { UrlPicker } from './url-picker.ts';

/** Posts under way at a time. */
export const pipelinePostsMax = 4;
/** Messages that wait for a post; further ones are dropped. */
export const pipelineQueueMax = 64;
/** A peer that has not answered by then will not. */
export const POST_TIMEOUT_MS = 30_000;

export class Pipeline {
  readonly #peer: PeerView;
  readonly #picker: UrlPicker;
  readonly #context: PeerContext;
  #waiting: Message[] = [];
  readonly #posts = new Set<ClientRequest>();
  #isStopped = false;

  constructor(peer: PeerView, picker: UrlPicker, context: PeerContext) {
    this.#peer = peer;
    this.#picker = picker;
    this.#context = context;
    context.logger.info('started HTTP pipelining with remote peer', this.#fields());
  }

  /** False when there is no room for it. */
  send(message: Message): boolean {
    if (this.#posts.size < pipelinePostsMax) this.#post(message);
    else if (this.#waiting.length < pipelineQueueMax) this.#waiting.push(message);
    else return false;
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
    for (const post of this.#posts) post.destroy();
    this.#context.logger.info('stopped HTTP pipelining with remote peer', this.#fields());
  }

  #post(message: Message): void {
    const { client, identity, scheduler } = this.#context;
    const bytes = Message.encode(message);
    const url = this.#picker.pick();
    const request = client.open({
      url,
      method: 'POST',
      path: '/raft',
      headers: {
        ...requestHeaders(identity),
        'Content-Type': 'application/protobuf',
        'Content-Length': bytes.length,
      },
      connection: 'pooled',
    });
    const timer = scheduler.after(POST_TIMEOUT_MS, () => {
      request.destroy(new PeerError('PEER_UNREACHABLE', 'post timed out'));
    });
    this.#posts.add(request);
    posted(request)
      .then(() => this.#succeeded(bytes.length))
      .catch((error: unknown) => {
        this.#picker.unreachable(url);
        this.#failed(error);
      })
      .finally(() => {
        timer.cancel();
        this.#posts.delete(request);
        this.#next();
      });
    request.end(bytes);
  }

  #next(): void {
    if (this.#isStopped) return;
    const message = this.#waiting.shift();
    if (message !== undefined) this.#post(message);
  }

  #succeeded(bytes: number): void {
    if (this.#isStopped) return;
    this.#peer.status.activate();
    this.#peer.counters.sentBytes += bytes;
  }

  #failed(error: unknown): void {
    if (this.#isStopped) return;
    const { id, status, counters } = this.#peer;
    const { events } = this.#context;
    const reason = reasonOf(error);
    status.deactivate({ action: 'write', source: 'pipeline', reason });
    counters.sentFailures++;
    events.unreachable(id);
  }

  #fields(): Record<string, string> {
    return {
      'local-member-id': hexId(this.#context.identity.memberId),
      'remote-peer-id': hexId(this.#peer.id),
    };
  }
}
