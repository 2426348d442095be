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
import { checkRevocation, revokedIn } from './revocation.ts';
import { ServerTls } from './server-tls.ts';
import { isValidFor, notValidFor, subjectNames } from './subject-names.ts';
import { TlsError } from './tls-error.ts';
import { UnusableFiles } from './unusable-files.ts';

export class PeerTls {
  /** For the peer port; undefined without a certificate. */
  readonly accepting: ServerTls | undefined;
  readonly #config: DialTlsConfig;
  readonly #credentials: ReloadedFiles<Partial<Credentials>>;
  readonly #revoked: () => ReadonlySet<string>;
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
    this.#revoked = revokedIn(config.crlFile);
    this.#unusable = shown && new UnusableFiles('client', shown, logger);
  }

  /** For one connection to a peer, by the files of this moment. Throws TlsError. */
  connectionOptions(): ConnectionOptions {
    const { serverName, verifiesServer } = this.#config;
    return {
      ...contextOptions(this.#config, this.#current()),
      ...(serverName === '' ? {} : { servername: serverName }),
      rejectUnauthorized: verifiesServer,
      checkServerIdentity: (host, certificate) => this.#whyNot(host, certificate),
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

  /** What is wrong with the certificate of `host`, which an authority that we trust has signed. */
  #whyNot(host: string, shown: Shown): Error | undefined {
    const chain = [...issuersOf(shown)];
    const certificate = defined(chain[0], 'it was verified');
    const names = subjectNames(certificate);
    try {
      if (!isValidFor(host, names)) {
        throw refused(`tls: failed to verify certificate: ${notValidFor(host, names)}`);
      }
      // Go says "client" here, too.
      if (!isAllowed(certificate, this.#config)) throw refused(NOT_ALLOWED);
      checkRevocation(chain, this.#revoked());
      return undefined;
    } catch (error) {
      if (error instanceof TlsError) return error;
      throw error;
    }
  }
}

/** Node's old form of a certificate, which it gives with those of the authorities above it. */
interface Shown {
  readonly raw: Buffer;
  readonly issuerCertificate?: Shown;
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

/** The certificate and those of the authorities above it; a root is its own issuer. */
function* issuersOf(own: Shown): Generator<X509Certificate> {
  let certificate: Shown | undefined = own;
  let below: Shown | undefined;
  while (certificate !== undefined && certificate !== below) {
    yield new X509Certificate(certificate.raw);
    below = certificate;
    certificate = certificate.issuerCertificate;
  }
}

function refused(message: string): TlsError {
  return new TlsError('TLS_REFUSED', message);
}
