/**
 * The server's side of TLS over connections that were accepted elsewhere. Clients' certificates are
 * asked for in the handshake and judged when it is done: only so does Node let us say in the log
 * who was refused.
 */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from '../../../base/ports/logger.ts';
import { messageOf } from '../../config/errors.ts';
import { remoteAddress } from '../remote-address.ts';
import { checkAddress, type Hosts, systemHosts } from './client-address.ts';
import { type Client, identifyClient } from './client-certificate.ts';
import { contextOptions } from './context-options.ts';
import type { Credentials } from './credentials.ts';
import { handshakeFailure, isGivenUp, TIMED_OUT } from './handshake-failure.ts';
import type { RejectionLog } from './rejection-log.ts';
import type { ServerTls } from './server-tls.ts';
import { TlsError } from './tls-error.ts';
import { UnusableFiles } from './unusable-files.ts';

export interface TlsAcceptorOptions {
  /** What is spoken over TLS, the preferred one first. */
  readonly protocols: readonly string[];
  /** For a whole handshake, however slowly it comes in. */
  readonly handshakeTimeoutMs: number;
  readonly logger: Logger;
  readonly rejections: RejectionLog;
  /** Where the addresses of clients are verified; the system's if not given. */
  readonly hosts?: Hosts | undefined;
  /** Gets each connection whose handshake succeeded, and the name of its client where that counts. */
  readonly onSecure: (connection: TLSSocket, commonName: string | undefined) => void;
}

export class TlsAcceptor {
  readonly #tls: ServerTls;
  readonly #options: TlsAcceptorOptions;
  readonly #server: Server;
  #applied: Credentials;
  readonly #unusable: UnusableFiles;

  /** `tls` was opened, so that its files are good at this moment. Throws TlsError if not. */
  constructor(tls: ServerTls, options: TlsAcceptorOptions) {
    this.#tls = tls;
    this.#options = options;
    this.#applied = tls.credentials();
    this.#unusable = new UnusableFiles('peer', tls.files, options.logger);
    this.#server = createServer({
      ...contextOptions(tls.config, this.#applied),
      requestCert: tls.config.requiresClientCert,
      rejectUnauthorized: false,
      ALPNProtocols: [...options.protocols],
      handshakeTimeout: options.handshakeTimeoutMs,
    });
    this.#server.on('secureConnection', (connection) => this.#judge(connection));
    this.#server.on('tlsClientError', (error, connection) => {
      this.#reject(connection, handshakeFailure(error), isGivenUp(error));
    });
  }

  /** Takes over `socket`, with the bytes that wait in its read buffer. */
  handshake(socket: Socket): void {
    try {
      this.#refresh();
    } catch (error) {
      this.#unusable.report(error);
      const text = messageOf(error);
      this.#options.rejections.add({ remoteAddress: remoteAddress(socket), error: text });
      socket.destroy();
      return;
    }
    // Who ends a handshake has given it up.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
  }

  #refresh(): void {
    const credentials = this.#tls.credentials();
    if (credentials === this.#applied) return;
    this.#server.setSecureContext(contextOptions(this.#tls.config, credentials));
    this.#applied = credentials;
  }

  #judge(connection: TLSSocket): void {
    try {
      const client = identifyClient(connection, this.#tls, Date.now());
      // Who comes through a unix socket, without an address, is on this host.
      const { remoteAddress: address } = connection;
      const isElsewhere = this.#tls.config.verifiesAddress && address !== undefined;
      if (client === undefined || !isElsewhere) {
        this.#options.onSecure(connection, client?.commonName);
      } else {
        void this.#judgeAddress(connection, address, client);
      }
    } catch (error) {
      this.#refuse(connection, error);
    }
  }

  async #judgeAddress(connection: TLSSocket, address: string, client: Client): Promise<void> {
    const { handshakeTimeoutMs, hosts = systemHosts, onSecure } = this.#options;
    // Nobody else hears of its errors yet.
    connection.on('error', () => connection.destroy());
    const timer = setTimeout(() => this.#reject(connection, TIMED_OUT), handshakeTimeoutMs);
    connection.once('close', () => clearTimeout(timer));
    try {
      await checkAddress(client.certificate, address, hosts);
      if (!connection.destroyed) onSecure(connection, client.commonName);
    } catch (error) {
      if (!connection.destroyed) this.#refuse(connection, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #refuse(connection: TLSSocket, error: unknown): void {
    if (!(error instanceof TlsError)) throw error;
    this.#reject(connection, error.message);
  }

  #reject(connection: TLSSocket, error: string, isGivenUp = false): void {
    this.#options.rejections.add({
      remoteAddress: remoteAddress(connection),
      serverName: typeof connection.servername === 'string' ? connection.servername : '',
      certificate: connection.getPeerX509Certificate(),
      error,
      isGivenUp,
    });
    connection.destroy();
  }
}
