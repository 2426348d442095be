/** A server without a network: all that connections share, and the connections. */
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CallCounters,
  GrpcServer,
  type GzipCodec,
  GzipError,
  type MethodCounters,
} from '../../src/grpc/index.ts';
import {
  Http2Connection,
  Http2Shared,
  type Http2Stream,
  type RequestHead,
  type StreamAcceptor,
  type StreamUser,
} from '../../src/http2/index.ts';
import { ClientSide } from './client-side.ts';
import { ConnectionModel } from './connection-model.ts';
import type { Coverage } from './coverage.ts';
import { FuzzFailure } from './fuzz-failure.ts';
import { type FuzzHandlers, HandlerBug } from './fuzz-handlers.ts';
import { FuzzSink } from './fuzz-sink.ts';
import { FuzzTime } from './fuzz-time.ts';
import { ServerSide } from './server-side.ts';
import { StreamTap } from './stream-tap.ts';
import { WebUser } from './web-user.ts';

const ORIGIN = { peer: '127.0.0.1:1', clientCommonName: undefined };
/** Small, so that messages are too large now and then: 512 KiB are added to it. */
const REQUEST_BYTES_MAX = 1000;

export const GZIP: GzipCodec = {
  compress: (bytes) => new Uint8Array(gzipSync(bytes, { level: 1 })),
  decompress(bytes, bytesMax) {
    try {
      return new Uint8Array(gunzipSync(bytes, { maxOutputLength: bytesMax }));
    } catch (error) {
      const isTooLarge = error instanceof RangeError;
      throw new GzipError(isTooLarge ? 'GZIP_TOO_LARGE' : 'GZIP_CORRUPT', String(error), error);
    }
  },
};

/** One connection with both of its ends. */
export class Peer implements StreamAcceptor {
  readonly #world: World;
  readonly model = new ConnectionModel();
  readonly client: ClientSide;
  readonly server: ServerSide = new ServerSide(this.model);
  readonly sink: FuzzSink = new FuzzSink(this.model, this.server);
  readonly connection: Http2Connection;
  /** Streams that reached a user, by id. */
  readonly taps = new Map<number, StreamTap>();

  constructor(world: World, coverage: Coverage) {
    this.#world = world;
    this.client = new ClientSide(this.model, coverage);
    this.connection = new Http2Connection(this.sink, this, world.shared);
  }

  accept(stream: Http2Stream, request: RequestHead): StreamUser {
    if (this.taps.has(stream.id)) throw new FuzzFailure('a stream was accepted twice');
    const { handlers } = this.#world;
    handlers.currentStream = stream.id;
    const tap = new StreamTap(stream, (id) => {
      handlers.currentStream = id;
    });
    this.taps.set(stream.id, tap);
    const type = request.fields.find(({ name }) => name === 'content-type')?.value ?? '';
    tap.user = type.startsWith('application/grpc')
      ? this.#world.grpc.accept(tap, request, ORIGIN)
      : new WebUser(tap, handlers);
    return tap;
  }

  /** Bytes of the client arrive. */
  deliver(bytes: Uint8Array): void {
    this.client.send(bytes);
    this.connection.receive(bytes);
    this.connection.checkInvariants();
  }
}

export class World {
  readonly time = new FuzzTime();
  readonly handlers: FuzzHandlers;
  readonly counters: CallCounters = new CallCounters({ isTimed: true });
  readonly shared: Http2Shared;
  readonly grpc: GrpcServer;
  /** What the handlers threw that they were not meant to. */
  readonly bugs: Error[] = [];

  constructor(handlers: FuzzHandlers) {
    this.handlers = handlers;
    const ports = { clock: this.time, scheduler: this.time };
    this.shared = new Http2Shared(
      {
        maxConcurrentStreams: 20,
        keepaliveIntervalMs: 7_200_000,
        keepaliveTimeoutMs: 20_000,
        pingMinIntervalMs: 5000,
      },
      ports,
    );
    this.grpc = new GrpcServer(
      handlers.table,
      { requestBytesMax: REQUEST_BYTES_MAX },
      {
        ...ports,
        gzip: GZIP,
        counters: this.counters,
        onHandlerError: (error) => {
          if (error instanceof HandlerBug) return;
          this.bugs.push(error instanceof Error ? error : new FuzzFailure('no error was thrown'));
        },
      },
    );
  }

  /** Calls that began and have not ended, by the counters. */
  get callsOpen(): number {
    const open = ({ started, ended }: MethodCounters): number =>
      ended.reduce((left, count) => left - count, started);
    return [...this.handlers.table.keys()].reduce(
      (sum, path) => sum + open(this.counters.of(path)),
      0,
    );
  }
}
