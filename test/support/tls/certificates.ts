/** Certificates for tests: authorities, what they sign, and lists of what they revoked. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate with its key, as PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  /** Hex, as in the certificate. */
  readonly serial: string;
}

export interface LeafOptions {
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly ips?: readonly string[];
  readonly usages?: readonly ('server' | 'client')[];
  /** Days from now; from yesterday to tomorrow if not given. */
  readonly validDays?: readonly [number, number];
  readonly serial?: string;
}

let serials = 0x10;

export class Authority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;

  static async make(commonName: string, signer?: Authority): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: nextSerial(),
        subject: `CN=${commonName}`,
        issuer: signer === undefined ? `CN=${commonName}` : signer.#certificate.subject,
        ...validity([-1, 1]),
        publicKey: keys.publicKey,
        signingKey: (signer === undefined ? keys : signer.#keys).privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new BasicConstraintsExtension(true, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
      },
      webcrypto,
    );
    return new Authority(keys, certificate);
  }

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  get certificate(): string {
    return pemOf(this.#certificate);
  }

  get serial(): string {
    return this.#certificate.serialNumber;
  }

  async sign(options: LeafOptions): Promise<Pair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const names: JsonGeneralName[] = [
      ...(options.dnsNames ?? []).map((value) => ({ type: 'dns', value }) as const),
      ...(options.ips ?? []).map((value) => ({ type: 'ip', value }) as const),
    ];
    const usages = (options.usages ?? ['client']).map((usage) =>
      usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth,
    );
    const extensions: Extension[] = [
      new BasicConstraintsExtension(false),
      new ExtendedKeyUsageExtension(usages),
      await AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ];
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: options.serial ?? nextSerial(),
        subject: `CN=${options.commonName}`,
        issuer: this.#certificate.subject,
        ...validity(options.validDays ?? [-1, 1]),
        publicKey: keys.publicKey,
        signingKey: this.#keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions,
      },
      webcrypto,
    );
    return {
      certificate: pemOf(certificate),
      key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
      serial: certificate.serialNumber,
    };
  }

  /** For clients of this host, by name and by address. */
  signServer(commonName = 'server'): Promise<Pair> {
    return this.sign({
      commonName,
      dnsNames: ['localhost'],
      ips: ['127.0.0.1', '::1'],
      usages: ['server'],
    });
  }

  /** Serial numbers in hex. */
  async revoke(...revoked: readonly string[]): Promise<{ der: Buffer; pem: string }> {
    const list = await X509CrlGenerator.create(
      {
        issuer: this.#certificate.subject,
        thisUpdate: new Date(Date.now() - DAY_MS),
        nextUpdate: new Date(Date.now() + DAY_MS),
        signingAlgorithm: ALGORITHM,
        signingKey: this.#keys.privateKey,
        entries: revoked.map((serialNumber) => ({ serialNumber, revocationDate: new Date() })),
      },
      webcrypto,
    );
    const der = Buffer.from(list.rawData);
    const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
    // The label that OpenSSL writes; @peculiar/x509 has another one.
    return { der, pem: `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n` };
  }
}

function nextSerial(): string {
  return (serials++).toString(16).padStart(2, '0');
}

function validity([from, to]: readonly [number, number]): { notBefore: Date; notAfter: Date } {
  const at = (days: number): Date => new Date(Date.now() + days * DAY_MS);
  return { notBefore: at(from), notAfter: at(to) };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
