/** TLS of a port while it runs: its files as they are now, and the rules for its clients. */
import { defined } from '../../../base/assert.ts';
import type { Logger } from '../../../base/ports/logger.ts';
import type { CertificateFiles, TlsConfig } from '../../config/tls-config.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { ReloadedFiles } from './reloaded-files.ts';
import { revokedSerials } from './revocation-list.ts';
import { selfSigned } from './self-signed.ts';

const EACH = 'there is a content for each path';
const NOTHING: ReadonlySet<string> = new Set();

export class ServerTls {
  readonly config: TlsConfig;
  readonly files: CertificateFiles;
  readonly #credentials: ReloadedFiles<Credentials>;
  readonly #revoked: ReloadedFiles<ReadonlySet<string>> | undefined;

  /**
   * Makes the certificate if it is to be made, and reads all files but the revocation list, as
   * etcd does. Throws TlsError.
   */
  static async open(config: TlsConfig, logger: Logger): Promise<ServerTls> {
    const { certificate } = config;
    const files =
      certificate.from === 'files' ? certificate : await selfSigned(certificate, logger);
    const tls = new ServerTls(config, files);
    tls.credentials();
    return tls;
  }

  private constructor(config: TlsConfig, files: CertificateFiles) {
    this.config = config;
    this.files = files;
    const { trustedCaFile, crlFile } = config;
    const paths = [files.certFile, files.keyFile, ...(trustedCaFile === '' ? [] : [trustedCaFile])];
    this.#credentials = new ReloadedFiles(paths, ([certificate, key, authorities]) =>
      readCredentials(defined(certificate, EACH), defined(key, EACH), authorities),
    );
    if (crlFile === '') return;
    this.#revoked = new ReloadedFiles([crlFile], ([list]) => revokedSerials(defined(list, EACH)));
  }

  /** For the next handshake: the same object until a file changes. Throws TlsError. */
  credentials(): Credentials {
    return this.#credentials.current();
  }

  /** Serial numbers, in upper-case hex, of certificates that are refused. Throws TlsError. */
  revoked(): ReadonlySet<string> {
    return this.#revoked?.current() ?? NOTHING;
  }

  /** For the log, as etcd writes it. `shown`: what is shown to others as a client. */
  describe(shown: CertificateFiles = { certFile: '', keyFile: '' }): string {
    const { certFile, keyFile } = this.files;
    const { trustedCaFile, clientCertAuth, crlFile } = this.config;
    return (
      `cert = ${certFile}, key = ${keyFile}, ` +
      `client-cert=${shown.certFile}, client-key=${shown.keyFile}, ` +
      `trusted-ca = ${trustedCaFile}, client-cert-auth = ${clientCertAuth}, crl-file = ${crlFile}`
    );
  }
}
