/** Says in the log that a certificate cannot be used, once for each state of its files. */
import type { Logger } from '../../../base/ports/logger.ts';
import type { CertificateFiles } from '../../config/tls-config.ts';
import { TlsError } from './tls-error.ts';

export class UnusableFiles {
  readonly #name: 'peer' | 'client';
  readonly #files: CertificateFiles;
  readonly #logger: Logger;
  /** The error that was reported last: the same object until a file changes. */
  #reported: unknown;

  /** `name`: as etcd calls the certificate. "peer" is that of any port, also of clients. */
  constructor(name: 'peer' | 'client', files: CertificateFiles, logger: Logger) {
    this.#name = name;
    this.#files = files;
    this.#logger = logger;
  }

  /** Gets what reading the files threw. */
  report(error: unknown): void {
    if (error === this.#reported) return;
    this.#reported = error;
    const isMissing = error instanceof TlsError && error.code === 'TLS_FILE_MISSING';
    const message = isMissing
      ? `failed to find ${this.#name} cert files`
      : `failed to create ${this.#name} certificate`;
    const { certFile, keyFile } = this.#files;
    this.#logger.warn(message, { 'cert-file': certFile, 'key-file': keyFile, error });
  }
}
