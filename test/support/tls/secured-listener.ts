/** A client listener with TLS, its files and its clients, for tests. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../../src/server/config/tls-config.ts';
import type { ClientListener } from '../../../src/server/io/client-listener.ts';
import type { ConnectionOrigin } from '../../../src/server/io/connection-origin.ts';
import { ServerTls } from '../../../src/server/io/tls/server-tls.ts';
import { RecordingLogger } from '../recording-logger.ts';
import { Authority, type Pair } from './certificates.ts';
import { type ListenerSetup, openListener, portOf } from './listeners.ts';
import { TlsFiles } from './tls-files.ts';

/** Certificates that all tests share. */
export const authority = await Authority.make('ca');
export const other = await Authority.make('other');
export const server: Pair = await authority.signServer();
export const alice: Pair = await authority.sign({
  commonName: 'alice',
  dnsNames: ['alice.example'],
});

export interface Secured {
  readonly listener: ClientListener;
  readonly port: number;
  readonly files: TlsFiles;
  readonly log: RecordingLogger;
  /** Where the connections came from that were taken as HTTP/2, in order. */
  readonly taken: readonly ConnectionOrigin[];
  /** A TLS connection that trusts the authority of the server. */
  readonly dial: (options?: ConnectionOptions) => TLSSocket;
}

export type TlsSetup = Omit<ListenerSetup, 'tls' | 'log'> & {
  readonly tls?: (files: TlsFiles) => TlsConfig;
};

/** HTTP/2 connections are answered `h2 ` and what they send, HTTP/1 requests by their path. */
export async function withTls(
  setup: TlsSetup,
  use: (secured: Secured) => Promise<void>,
): Promise<void> {
  const files = new TlsFiles();
  files.writePair(server);
  files.write(files.caFile, authority.certificate);
  files.write(files.crlFile, (await authority.revoke()).der);
  const log = new RecordingLogger();
  const config = setup.tls?.(files) ?? files.config();
  const listener = await openListener({
    urls: ['https://127.0.0.1:0'],
    ...setup,
    tls: await ServerTls.open(config, log),
    log,
  });
  const taken: ConnectionOrigin[] = [];
  listener.serve({
    http2: (connection, from) => {
      taken.push(from);
      connection.on('data', (bytes: Buffer) => void connection.write(`h2 ${bytes.toString()}`));
    },
    http: createServer((request, response) => response.end(request.url)),
  });
  const port = portOf(listener);
  const sockets: TLSSocket[] = [];
  const dial = (options: ConnectionOptions = {}): TLSSocket => {
    const where = { host: '127.0.0.1', port, ca: authority.certificate };
    const socket = connectTls({ ...where, ...options }).on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  try {
    await use({ listener, port, files, log, taken, dial });
  } finally {
    listener.checkInvariants();
    for (const socket of sockets) socket.destroy();
    await listener.close();
    listener.checkInvariants();
    files.remove();
  }
}

/** What the server answers first; undefined when it closes instead. */
export async function firstAnswer(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1')));
    socket.once('close', () => resolve(undefined));
  });
}

export const as = ({ certificate: cert, key }: Pair): ConnectionOptions => ({ cert, key });
export const H2: ConnectionOptions = { ALPNProtocols: ['h2'] };

export async function speak(socket: TLSSocket, text: string): Promise<string | undefined> {
  socket.write(text);
  return firstAnswer(socket);
}
