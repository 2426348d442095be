/** TLS of a port over files in a folder of its own, for tests. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsConfig } from '../../../src/server/config/tls-config.ts';
import { temporaryFolder } from '../processes.ts';
import type { Pair } from './certificates.ts';

export class TlsFiles {
  readonly folder = temporaryFolder();
  readonly certFile = this.path('server.pem');
  readonly keyFile = this.path('server.key');
  readonly caFile = this.path('ca.pem');
  readonly crlFile = this.path('clients.crl');

  path(name: string): string {
    return join(this.folder, name);
  }

  write(path: string, contents: string | Buffer): void {
    // A new file each time, as tools that renew certificates make it.
    writeFileSync(`${path}.new`, contents);
    renameSync(`${path}.new`, path);
  }

  writePair({ certificate, key }: Pair): void {
    this.write(this.certFile, certificate);
    this.write(this.keyFile, key);
  }

  /** The server's certificate and no others. */
  config(change: Partial<TlsConfig> = {}): TlsConfig {
    return {
      certificate: { from: 'files', certFile: this.certFile, keyFile: this.keyFile },
      trustedCaFile: '',
      requiresClientCert: false,
      clientCertAuth: false,
      verifiesAddress: false,
      crlFile: '',
      allowedCommonNames: [],
      allowedHostnames: [],
      cipherSuites: [],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ...change,
    };
  }

  /** Clients must show a certificate of the authority in `caFile`. */
  mutual(change: Partial<TlsConfig> = {}): TlsConfig {
    return this.config({
      trustedCaFile: this.caFile,
      requiresClientCert: true,
      clientCertAuth: true,
      ...change,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
