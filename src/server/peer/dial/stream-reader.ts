/**
 * Reads one stream of one peer. Who receives dials: the peer answers a GET that never ends, and
 * pushes its messages down the answer. Whenever the stream is lost it is dialled again.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Timer } from '../../../base/ports/scheduler.ts';
import type { Message } from '../../../pb/index.ts';
import type { MemberUrl } from '../../config/member-url.ts';
import { hexId } from '../../membership/member.ts';
import { PeerError, reasonOf } from '../errors.ts';
import { IdleTimer } from '../idle-timer.ts';
import type { PeerContext, PeerView } from '../peer-context.ts';
import { QuietLog } from '../quiet-log.ts';
import { hasStreams, parseVersion } from '../versions.ts';
import { AppendDecoder } from '../wire/append-stream.ts';
import { MessageDecoder } from '../wire/message-stream.ts';
import { STREAM_NAME, type StreamDecoder, type StreamKind } from '../wire/stream-codec.ts';
import { answerText, preconditionError } from './answer.ts';
import { requestHeaders } from './request-headers.ts';
import type { UrlPicker } from './url-picker.ts';

/** The time between the beginnings of two dials. */
export const DIAL_RETRY_MS = 100;
/** A stream on which nothing comes for that long, not even a heartbeat, is broken. */
export const STREAM_READ_TIMEOUT_MS = 5000;

export class StreamReader {
  readonly #kind: StreamKind;
  readonly #peer: PeerView;
  readonly #picker: UrlPicker;
  readonly #context: PeerContext;
  /** Its own: the other streams of the peer say the same lines. */
  readonly #log: QuietLog;
  #request: ClientRequest | undefined;
  #retry: Timer | undefined;
  #dialledMs = -Infinity;
  #isStopped = false;

  constructor(kind: StreamKind, peer: PeerView, picker: UrlPicker, context: PeerContext) {
    this.#kind = kind;
    this.#peer = peer;
    this.#picker = picker;
    this.#context = context;
    this.#log = new QuietLog(context.logger, context.clock);
  }

  start(): void {
    this.#context.logger.info('started stream reader with remote peer', this.#fields());
    this.#dial();
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    this.#request?.destroy();
    this.#context.logger.info('stopped stream reader with remote peer', this.#fields());
  }

  #dial(): void {
    const { identity, client, clock } = this.#context;
    const url = this.#picker.pick();
    this.#dialledMs = clock.monotonicMs();
    const request = client.open({
      url,
      method: 'GET',
      path: `/raft/stream/${this.#kind}/${hexId(identity.memberId)}`,
      headers: { ...requestHeaders(identity), 'X-Raft-To': hexId(this.#peer.id) },
      connection: 'stream',
    });
    const idle = new IdleTimer(this.#context, STREAM_READ_TIMEOUT_MS, () => {
      request.destroy(new PeerError('PEER_UNREACHABLE', 'read timed out'));
    });
    this.#request = request;
    request.once('socket', () => idle.touch());
    request.once('close', () => idle.cancel());
    let isAnswered = false;
    request.once('response', (answer) => {
      isAnswered = true;
      this.#answered(answer, url, idle);
    });
    // After an answer, whoever reads it hears of the error too.
    request.on('error', (error) => {
      if (!isAnswered) this.#failed(url, error);
    });
    request.end();
  }

  #answered(answer: IncomingMessage, url: MemberUrl, idle: IdleTimer): void {
    const version = parseVersion(header(answer, 'x-server-version'));
    if (version === undefined || !hasStreams(version)) {
      answer.destroy();
      answer.on('error', () => undefined);
      this.#failed(url, undefined);
    } else if (answer.statusCode === 200) {
      this.#read(answer, idle);
    } else {
      answerText(answer)
        .then((text) => this.#failed(url, this.#refusal(answer, text)))
        .catch((error: unknown) => this.#failed(url, error));
    }
  }

  #refusal(answer: IncomingMessage, text: string): PeerError {
    const { identity, events } = this.#context;
    switch (answer.statusCode) {
      case 410:
        events.removed();
        return new PeerError(
          'PEER_REMOVED',
          'the member has been permanently removed from the cluster',
        );
      case 404:
        return new PeerError(
          'PEER_REFUSED',
          `peer ${hexId(this.#peer.id)} failed to find local node ${hexId(identity.memberId)}`,
        );
      case 412: {
        const error = preconditionError(text);
        this.#warnRefused(error, answer);
        return error;
      }
      default:
        return new PeerError('PEER_REFUSED', `unhandled http status ${answer.statusCode ?? 0}`);
    }
  }

  #warnRefused(error: PeerError, answer: IncomingMessage): void {
    const { clusterId } = this.#context.identity;
    const fields = { ...this.#fields(), error: error.message };
    if (error.message === 'incompatible version') {
      this.#peer.quietLog.warn(
        'request sent was ignored by remote peer due to server version incompatibility',
        fields,
      );
    } else if (error.message === 'cluster ID mismatch') {
      this.#peer.quietLog.warn(
        'request sent was ignored by remote peer due to cluster ID mismatch',
        {
          ...fields,
          'remote-peer-cluster-id': header(answer, 'x-etcd-cluster-id') ?? '',
          'local-member-cluster-id': hexId(clusterId),
        },
      );
    }
  }

  /** `error` is undefined when the peer is too old to have streams: no failure of it. */
  #failed(url: MemberUrl, error: unknown): void {
    if (this.#isStopped) return;
    this.#picker.unreachable(url);
    if (error !== undefined) {
      const reason = reasonOf(error);
      this.#peer.status.deactivate({ action: 'dial', source: STREAM_NAME[this.#kind], reason });
    }
    this.#dialLater();
  }

  #read(answer: IncomingMessage, idle: IdleTimer): void {
    const { status, counters } = this.#peer;
    const decoder = this.#newDecoder();
    status.activate();
    this.#log.info('established TCP streaming connection with remote peer', this.#fields());
    answer.on('data', (chunk: Buffer) => {
      if (this.#isStopped) return;
      idle.touch();
      counters.receivedBytes += chunk.length;
      const messages = decoded(decoder, chunk);
      if (messages instanceof PeerError) answer.destroy(messages);
      else if (messages.length > 0) this.#context.receive(messages);
    });
    answer.once('error', (error) => this.#lost(error));
    answer.once('end', () => this.#lost(undefined));
  }

  /** `error` is undefined when the peer has ended the stream in good order. */
  #lost(error: Error | undefined): void {
    if (this.#isStopped) return;
    const fields = { ...this.#fields(), error: error?.message ?? 'EOF' };
    this.#log.warn('lost TCP streaming connection with remote peer', fields);
    if (error !== undefined) {
      const source = STREAM_NAME[this.#kind];
      this.#peer.status.deactivate({ action: 'read', source, reason: error.message });
    }
    this.#dialLater();
  }

  #dialLater(): void {
    const { clock, scheduler } = this.#context;
    const delayMs = Math.max(0, this.#dialledMs + DIAL_RETRY_MS - clock.monotonicMs());
    this.#retry = scheduler.after(delayMs, () => this.#dial());
  }

  #newDecoder(): StreamDecoder {
    if (this.#kind === 'message') return new MessageDecoder();
    return new AppendDecoder(this.#context.identity.memberId, this.#peer.id);
  }

  #fields(): Record<string, string> {
    return {
      'stream-reader-type': STREAM_NAME[this.#kind],
      'local-member-id': hexId(this.#context.identity.memberId),
      'remote-peer-id': hexId(this.#peer.id),
    };
  }
}

/** What `chunk` completes, or why the stream has to end. */
function decoded(decoder: StreamDecoder, chunk: Uint8Array): Message[] | PeerError {
  try {
    return decoder.decode(chunk);
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
}

function header(answer: IncomingMessage, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value.join() : value;
}
