/** A GrpcServer on streams without connections, in a time that stands still until it is moved. */
import type { Clock } from '../../../src/base/ports/clock.ts';
import type { Scheduler, Timer } from '../../../src/base/ports/scheduler.ts';
import { CallCounters, GrpcServer, type ServiceTable } from '../../../src/grpc/index.ts';
import type { StreamUser } from '../../../src/http2/index.ts';
import { nodeGzip } from '../../../src/server/io/node-gzip.ts';
import { FakeStream } from './fake-stream.ts';

export class ManualTime implements Pick<Clock, 'monotonicMs'>, Pick<Scheduler, 'after'> {
  nowMs = 0;
  /** Timers that wait. */
  readonly timers = new Map<() => void, number>();

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, task: () => void): Timer {
    this.timers.set(task, this.nowMs + delayMs);
    return { cancel: () => this.timers.delete(task) };
  }

  /** Lets `ms` pass, with the timers that come due in it. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a[1] - b[1]);
      if (next === undefined || next[1] > endMs) break;
      this.nowMs = Math.max(this.nowMs, next[1]);
      this.timers.delete(next[0]);
      next[0]();
    }
    this.nowMs = endMs;
  }
}

export const REQUEST_BYTES_MAX = 1024;

/** What the server takes a message of: `--max-request-bytes` and 512 KiB. */
export const MESSAGE_BYTES_MAX = REQUEST_BYTES_MAX + 512 * 1024;

export interface FakeRequest {
  readonly path?: string;
  readonly method?: string;
  readonly authority?: string;
  readonly fields?: readonly (readonly [name: string, value: string])[];
}

/** One request, and what the server does with it. */
export interface FakeCall {
  readonly stream: FakeStream;
  readonly user: StreamUser;
}

export class FakeServer {
  readonly time = new ManualTime();
  readonly counters = new CallCounters({ isTimed: true });
  /** Exceptions that escaped handlers. */
  readonly escaped: { error: unknown; path: string }[] = [];
  readonly server: GrpcServer;

  constructor(table: ServiceTable) {
    this.server = new GrpcServer(
      table,
      { requestBytesMax: REQUEST_BYTES_MAX },
      {
        clock: this.time,
        scheduler: this.time,
        gzip: nodeGzip,
        counters: this.counters,
        onHandlerError: (error, path) => this.escaped.push({ error, path }),
      },
    );
  }

  /** Begins a call; its content type is `application/grpc` unless it has one. */
  begin(request: FakeRequest = {}): FakeCall {
    const { path = '/t.T/M', method = 'POST', authority = 'a', fields = [] } = request;
    const hasType = fields.some(([name]) => name === 'content-type');
    const all = hasType ? fields : [['content-type', 'application/grpc'] as const, ...fields];
    const stream = new FakeStream();
    const user = this.server.accept(
      stream,
      {
        method,
        scheme: 'http',
        authority,
        path,
        fields: all.map(([name, value]) => ({ name, value })),
      },
      { peer: '192.0.2.1:7', clientCommonName: 'root' },
    );
    return { stream, user };
  }

  /** A whole call, with `body` as it is sent. */
  call(body: Uint8Array, request: FakeRequest = {}): FakeStream {
    const { stream, user } = this.begin(request);
    if (body.length > 0) user.onData(body);
    user.onEnd();
    return stream;
  }
}
