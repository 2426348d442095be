/**
 * Serves a table of methods through @grpc/grpc-js, which frames and unframes but neither encodes
 * nor decodes: handlers get and give bytes. Connections are handed in, already accepted.
 */
import type { Duplex } from 'node:stream';
import {
  type ConnectionInjector,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import type { ServiceMethod, ServiceTable } from './call.ts';
import type { CallCounters } from './call-counters.ts';
import {
  GrpcJsBidiCall,
  GrpcJsServerStreamCall,
  GrpcJsUnaryCall,
  type MethodScope,
} from './grpc-js-calls.ts';

/** What a request message may be larger than the largest proposal, as etcd has it. */
const REQUEST_OVERHEAD_BYTES = 512 * 1024;
const SEND_BYTES_MAX = 2 ** 31 - 1;

export interface GrpcServerOptions {
  /** `--max-request-bytes`; a message beyond it and 512 KiB ends as ResourceExhausted. */
  readonly requestBytesMax: number;
  /** `--max-concurrent-streams`, per connection; further ones wait at the client. */
  readonly concurrentStreamsMax: number;
  /** Ping a connection that was silent for so long. */
  readonly keepaliveIntervalMs: number;
  /** Close a connection that does not answer such a ping in time. */
  readonly keepaliveTimeoutMs: number;
  /** Counts the calls that reach a handler. */
  readonly counters: CallCounters;
  /** Told of exceptions that escape a handler; its call ends as Internal. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

export class GrpcJsServer {
  readonly #counters: CallCounters;
  readonly #server: Server;
  readonly #injector: ConnectionInjector;

  constructor(table: ServiceTable, options: GrpcServerOptions) {
    this.#counters = options.counters;
    this.#server = new Server({
      'grpc.max_receive_message_length': options.requestBytesMax + REQUEST_OVERHEAD_BYTES,
      'grpc.max_send_message_length': SEND_BYTES_MAX,
      'grpc.max_concurrent_streams': options.concurrentStreamsMax,
      'grpc.keepalive_time_ms': options.keepaliveIntervalMs,
      'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
      'grpc.enable_channelz': 0,
    });
    for (const [path, method] of table) {
      this.#register(path, method, {
        counters: options.counters.of(path),
        report: (error) => options.onHandlerError(error, path),
      });
    }
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Takes over a connection, with the bytes that wait in its read buffer. */
  injectConnection(connection: Duplex): void {
    this.#injector.injectConnection(connection);
  }

  /** Lets running calls end, for at most `graceMs`, then cuts them off. */
  async shutdown(graceMs: number): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    // Not `forceShutdown`: without channelz grpc-js does not know its sessions there.
    this.#injector.drain(graceMs);
    await ended;
  }

  #register(path: string, method: ServiceMethod, scope: MethodScope): void {
    switch (method.kind) {
      case 'unary': {
        const handle: handleUnaryCall<Uint8Array, Uint8Array> = (surface, respond) => {
          const call = new GrpcJsUnaryCall(surface, respond, scope);
          call.guard(() => method.handler(call, surface.request));
        };
        this.#server.register(path, handle, this.#toBuffer, this.#toBytes, 'unary');
        return;
      }
      case 'server-stream': {
        const handle: handleServerStreamingCall<Uint8Array, Uint8Array> = (stream) => {
          const call = new GrpcJsServerStreamCall(stream, scope);
          scope.counters.receivedMessages++;
          call.guard(() => method.handler(call, stream.request));
        };
        this.#server.register(path, handle, this.#toBuffer, this.#toBytes, 'serverStream');
        return;
      }
      case 'bidi': {
        const handle: handleBidiStreamingCall<Uint8Array, Uint8Array> = (stream) => {
          const call = new GrpcJsBidiCall(stream, scope);
          call.guard(() => method.handler(call));
          call.start();
        };
        this.#server.register(path, handle, this.#toBuffer, this.#toBytes, 'bidi');
      }
    }
  }

  readonly #toBuffer = (bytes: Uint8Array): Buffer => {
    this.#counters.sentBytes += bytes.length;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };

  /** Buffers stop here: their `slice` is a view where that of Uint8Array is a copy. */
  readonly #toBytes = (buffer: Buffer): Uint8Array => {
    this.#counters.receivedBytes += buffer.length;
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  };
}
