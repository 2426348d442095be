/**
 * The server's side of TLS over connections that were accepted elsewhere. Clients' certificates are
 * asked for in the handshake and judged when it is done: only so does Node let us say in the log
 * who was refused. No session is ever resumed, so that each connection is judged by the files of
 * its day.
 */
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Logger } from '../../../base/ports/logger.ts';
import { openSslCiphers } from '../../config/cipher-suites.ts';
import { messageOf } from '../../config/errors.ts';
import type { TlsConfig } from '../../config/tls-config.ts';
import { remoteAddress } from '../remote-address.ts';
import { identifyClient } from './client-certificate.ts';
import type { Credentials } from './credentials.ts';
import { handshakeFailure, isGivenUp } from './handshake-failure.ts';
import type { RejectionLog } from './rejection-log.ts';
import type { ServerTls } from './server-tls.ts';
import { TlsError } from './tls-error.ts';

export interface TlsAcceptorOptions {
  /** What is spoken over TLS, the preferred one first. */
  readonly protocols: readonly string[];
  /** For a whole handshake, however slowly it comes in. */
  readonly handshakeTimeoutMs: number;
  readonly logger: Logger;
  readonly rejections: RejectionLog;
  /** Gets each connection whose handshake succeeded, and the name of its client where that counts. */
  readonly onSecure: (connection: TLSSocket, commonName: string | undefined) => void;
}

export class TlsAcceptor {
  readonly #tls: ServerTls;
  readonly #options: TlsAcceptorOptions;
  readonly #server: Server;
  #applied: Credentials;
  /** What stood in the way of a handshake the last time that something did. */
  #reported: unknown;

  /** `tls` was opened, so that its files are good at this moment. Throws TlsError if not. */
  constructor(tls: ServerTls, options: TlsAcceptorOptions) {
    this.#tls = tls;
    this.#options = options;
    this.#applied = tls.credentials();
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
      this.#reportUnusable(error);
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
    let commonName: string | undefined;
    try {
      commonName = identifyClient(connection, this.#tls, Date.now());
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      this.#reject(connection, error.message);
      return;
    }
    this.#options.onSecure(connection, commonName);
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

  /** Once for each state of the files. etcd says "peer" for clients, too. */
  #reportUnusable(error: unknown): void {
    if (error === this.#reported) return;
    this.#reported = error;
    const isMissing = error instanceof TlsError && error.code === 'TLS_FILE_MISSING';
    const message = isMissing
      ? 'failed to find peer cert files'
      : 'failed to create peer certificate';
    const { certFile, keyFile } = this.#tls.files;
    this.#options.logger.warn(message, { 'cert-file': certFile, 'key-file': keyFile, error });
  }
}

function contextOptions(config: TlsConfig, credentials: Credentials): TlsOptions {
  return {
    ...credentials,
    minVersion: config.minVersion,
    maxVersion: config.maxVersion,
    ciphers: openSslCiphers(config.cipherSuites),
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
}
