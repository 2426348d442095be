/**
 * TLS between members while this one runs: for peers that connect, and for those that are dialled.
 * Files are read again when they have changed, on both sides.
 */
import { X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { defined } from '../../../base/assert.ts';
import type { Logger } from '../../../base/ports/logger.ts';
import type { DialTlsConfig, PeerTlsConfig } from '../../config/peer-tls-config.ts';
import type { CertificateFiles } from '../../config/tls-config.ts';
import { isAllowed, NOT_ALLOWED } from './allowed-names.ts';
import { contextOptions } from './context-options.ts';
import { type Credentials, readAuthorities, readCredentials } from './credentials.ts';
import { ReloadedFiles } from './reloaded-files.ts';
import { ServerTls } from './server-tls.ts';
import { isValidFor, notValidFor, subjectNames } from './subject-names.ts';
import { TlsError } from './tls-error.ts';
import { UnusableFiles } from './unusable-files.ts';

export class PeerTls {
  /** For the peer port; undefined without a certificate. */
  readonly accepting: ServerTls | undefined;
  readonly #config: DialTlsConfig;
  readonly #credentials: ReloadedFiles<Partial<Credentials>>;
  readonly #unusable: UnusableFiles | undefined;

  /**
   * Makes the certificate if it is to be made, and reads all files but the revocation list, as etcd
   * does: also when no URL is secure. Throws TlsError.
   */
  static async open(config: PeerTlsConfig, logger: Logger): Promise<PeerTls> {
    const { accepting, dialling } = config;
    const server = accepting === undefined ? undefined : await ServerTls.open(accepting, logger);
    const tls = new PeerTls(dialling, server, logger);
    if (server !== undefined) {
      const isSelfSigned = server.config.certificate.from === 'self-signed';
      logger.info('starting with peer TLS', {
        'tls-info': server.describe(isSelfSigned ? server.files : dialling.shown),
        'cipher-suites': dialling.cipherSuites,
      });
    }
    tls.#credentials.current();
    return tls;
  }

  private constructor(config: DialTlsConfig, accepting: ServerTls | undefined, logger: Logger) {
    this.accepting = accepting;
    this.#config = config;
    const shown = config.shown ?? accepting?.files;
    this.#credentials = credentialsOf(shown, config.trustedCaFile);
    this.#unusable = shown && new UnusableFiles('client', shown, logger);
  }

  /** For one connection to a peer, by the files of this moment. Throws TlsError. */
  connectionOptions(): ConnectionOptions {
    const { serverName, verifiesServer } = this.#config;
    return {
      ...contextOptions(this.#config, this.#current()),
      ...(serverName === '' ? {} : { servername: serverName }),
      rejectUnauthorized: verifiesServer,
      checkServerIdentity: (host, { raw }) => this.#whyNot(host, new X509Certificate(raw)),
    };
  }

  #current(): Partial<Credentials> {
    try {
      return this.#credentials.current();
    } catch (error) {
      this.#unusable?.report(error);
      throw error;
    }
  }

  /**
   * What is wrong with the certificate of `host`, which an authority that we trust has signed. It is
   * not looked for among the revoked ones, as etcd does not: members that refused to dial a leader
   * whom others follow would be cut off.
   */
  #whyNot(host: string, certificate: X509Certificate): TlsError | undefined {
    const names = subjectNames(certificate);
    if (!isValidFor(host, names)) {
      return refused(`tls: failed to verify certificate: ${notValidFor(host, names)}`);
    }
    // Go says "client" here, too.
    return isAllowed(certificate, this.#config) ? undefined : refused(NOT_ALLOWED);
  }
}

/** A certificate and authorities, each if there is a file. */
function credentialsOf(
  shown: CertificateFiles | undefined,
  trustedCaFile: string,
): ReloadedFiles<Partial<Credentials>> {
  const authorityPaths = trustedCaFile === '' ? [] : [trustedCaFile];
  if (shown === undefined) {
    return new ReloadedFiles(authorityPaths, ([authorities]) =>
      authorities === undefined ? {} : { ca: readAuthorities(authorities) },
    );
  }
  const paths = [shown.certFile, shown.keyFile, ...authorityPaths];
  return new ReloadedFiles(paths, ([certificate, key, authorities]) =>
    readCredentials(defined(certificate, EACH), defined(key, EACH), authorities),
  );
}

const EACH = 'there is a content for each path';

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
