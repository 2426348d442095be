/**
 * Serves a table of methods on HTTP/2 streams: checks what a request says of its call, and hands
 * the call to its handler. Codes, texts and HTTP statuses of refusals are those of grpc-go.
 */
import type { Clock } from '../base/ports/clock.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import type { RequestHead, StreamUser } from '../http2/index.ts';
import { type AnswerFormat, answerFormat } from './answer-format.ts';
import { BidiIntake } from './bidi-call.ts';
import type { ServiceMethod, ServiceTable } from './call.ts';
import type { CallCounters } from './call-counters.ts';
import type { CallOrigin } from './call-origin.ts';
import { Deadlines } from './deadlines.ts';
import { quotedText } from './go-text.ts';
import type { GzipCodec } from './gzip-codec.ts';
import { RequestHeader } from './request-header.ts';
import type { CallRequest, GrpcStream } from './served-call.ts';
import type { MethodScope, ServerScope } from './server-scope.ts';
import { ServerStreamIntake } from './server-stream-call.ts';
import type { RpcFailure } from './status.ts';
import { UnaryIntake } from './unary-call.ts';
import { unknownMethod } from './unknown-method.ts';

/** What a request message may be larger than the largest proposal, as etcd has it. */
const REQUEST_OVERHEAD_BYTES = 512 * 1024;

export interface GrpcServerOptions {
  /** `--max-request-bytes`; a message beyond it and 512 KiB ends as ResourceExhausted. */
  readonly requestBytesMax: number;
}

export interface GrpcServerPorts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly scheduler: Pick<Scheduler, 'after'>;
  readonly gzip: GzipCodec;
  /** Counts the calls that reach a handler. */
  readonly counters: CallCounters;
  /** Told of exceptions that escape a handler; its call ends as Internal. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

/** Serves one call. */
type Row = (request: CallRequest) => StreamUser;

export class GrpcServer {
  readonly #rows = new Map<string, Row>();
  readonly #services = new Set<string>();
  readonly #deadlines: Deadlines;

  constructor(table: ServiceTable, options: GrpcServerOptions, ports: GrpcServerPorts) {
    this.#deadlines = new Deadlines(ports.clock, ports.scheduler);
    const server: ServerScope = {
      messageBytesMax: options.requestBytesMax + REQUEST_OVERHEAD_BYTES,
      deadlines: this.#deadlines,
      ...ports,
    };
    for (const [path, method] of table) {
      this.#rows.set(path, rowOf(method, { path, counters: ports.counters.of(path), server }));
      this.#services.add(path.slice(1, path.lastIndexOf('/')));
    }
  }

  /**
   * Takes a request over, whatever its content type; `from` is shared by the calls of a
   * connection. The request may be answered, and the stream ended, when this returns.
   */
  accept(stream: GrpcStream, request: RequestHead, from: CallOrigin): StreamUser {
    const { refusal, encoding, contentType, timeoutMs } = new RequestHeader(request);
    const format = answerFormat(contentType, encoding === 'gzip');
    if (refusal !== undefined) return refuse(stream, format, refusal, refusal.httpStatus);
    const row = this.#rows.get(request.path);
    if (row === undefined) {
      return refuse(stream, format, unknownMethod(request.path, this.#services));
    }
    if (encoding !== undefined && encoding !== 'gzip') {
      const message = `grpc: Decompressor is not installed for grpc-encoding ${quotedText(encoding)}`;
      return refuse(stream, format, { code: 'Unimplemented', message });
    }
    return row({ stream, fields: request.fields, from, format, timeoutMs });
  }

  /** Lets go of the timer; calls have no deadline any more. */
  close(): void {
    this.#deadlines.close();
  }
}

function rowOf(method: ServiceMethod, scope: MethodScope): Row {
  switch (method.kind) {
    case 'unary':
      return (request) => new UnaryIntake(scope, method.handler, request);
    case 'server-stream':
      return (request) => new ServerStreamIntake(scope, method.handler, request);
    case 'bidi':
      return (request) => new BidiIntake(scope, method.handler, request);
  }
}

function refuse(
  stream: GrpcStream,
  format: AnswerFormat,
  failure: RpcFailure,
  httpStatus?: string,
): StreamUser {
  stream.endWithTrailers(format.failureAlone(failure, httpStatus));
  return NOBODY;
}

/** Hears the rest of a request that was refused. */
const NOBODY: StreamUser = {
  onData: () => undefined,
  onEnd: () => undefined,
  onCancel: () => undefined,
  onDrain: () => undefined,
};
