/** A real grpc-js client that sends and receives bytes, and a port for the server under test. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type CallOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ServiceTable } from '../../../src/grpc/index.ts';
import { GrpcEndpoint } from './grpc-endpoint.ts';

const same = (bytes: Buffer): Buffer => bytes;

/** How a call ended. */
export interface Outcome {
  readonly code: number;
  readonly details: string;
  /** Messages received, as text. */
  readonly messages: readonly string[];
}

export class BytesClient {
  readonly #client: Client;

  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  async unary(
    path: string,
    request: string | Buffer,
    options: CallOptions & { headers?: Record<string, string> } = {},
  ): Promise<Outcome> {
    const metadata = metadataOf(options.headers ?? {});
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        same,
        same,
        Buffer.from(request),
        metadata,
        options,
        (error: ServiceError | null, response?: Buffer) =>
          resolve({
            code: error?.code ?? 0,
            details: error?.details ?? '',
            messages: response === undefined ? [] : [response.toString()],
          }),
      );
    });
  }

  startUnary(path: string): { cancel(): void } {
    return this.#client.makeUnaryRequest(path, same, same, Buffer.alloc(0), () => undefined);
  }

  bidi(path: string): ClientDuplexStream<Buffer, Buffer> {
    return this.#client.makeBidiStreamRequest(path, same, same);
  }

  serverStream(path: string, request: string): ClientReadableStream<Buffer> {
    return this.#client.makeServerStreamRequest(path, same, same, Buffer.from(request));
  }

  close(): void {
    this.#client.close();
  }
}

function metadataOf(headers: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.add(name, value);
  return metadata;
}

/** Collects what a client stream receives until it ends. */
export async function outcomeOf(
  stream: ClientReadableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>,
): Promise<Outcome> {
  const messages: string[] = [];
  stream.on('data', (message: Buffer) => messages.push(message.toString()));
  stream.on('error', () => undefined);
  return new Promise((resolve) => {
    stream.on('status', ({ code, details }) => resolve({ code, details, messages }));
  });
}

export interface ServedTable {
  readonly client: BytesClient;
  readonly server: GrpcEndpoint;
  close(): Promise<void>;
}

/** Serves `table` on a port of its own. */
export async function serveTable(table: ServiceTable): Promise<ServedTable> {
  const server = new GrpcEndpoint(table);
  const listener = createServer((socket) => server.injectConnection(socket)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = new BytesClient((listener.address() as AddressInfo).port);
  return {
    client,
    server,
    async close() {
      client.close();
      listener.close();
      await server.shutdown(0);
    },
  };
}
