/**
 * The serial numbers in a certificate revocation list (RFC 5280 section 5.1), DER or PEM. As in
 * etcd neither its signature nor its age is looked at: it is a file of the operator's own.
 *
 * Read by hand: lists of public authorities have hundreds of thousands of entries, and the parser
 * of @peculiar/x509 takes 36 us for each and stops at 10 000 nodes.
 */
import { pemBlocks, pemBytes } from './pem.ts';
import { TlsError } from './tls-error.ts';

const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;

interface Element {
  readonly tag: number;
  /** The value is `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** Serial numbers as upper-case hex, as Node has them. Throws TLS_REVOCATION_LIST. */
export function revokedSerials(contents: Buffer): ReadonlySet<string> {
  const block = pemBlocks(contents).find(({ label }) => label === 'X509 CRL');
  const der = block === undefined ? contents : pemBytes(block);
  const list = elementAt(der, 0, der.length);
  const signed = expect(SEQUENCE, elementAt(der, expect(SEQUENCE, list).start, list.end));
  const serials = new Set<string>();
  const entries = revokedCertificates(der, signed);
  if (entries === undefined) return serials;
  for (let at = entries.start; at < entries.end; ) {
    const entry = expect(SEQUENCE, elementAt(der, at, entries.end));
    serials.add(serialText(der, expect(INTEGER, elementAt(der, entry.start, entry.end))));
    at = entry.end;
  }
  return serials;
}

/**
 * In `version? signature issuer thisUpdate nextUpdate? revokedCertificates? [0]?` what follows the
 * times, unless that is the tagged field of extensions or nothing.
 */
function revokedCertificates(der: Buffer, signed: Element): Element | undefined {
  let at = signed.start;
  const next = (): Element | undefined => {
    if (at >= signed.end) return undefined;
    const element = elementAt(der, at, signed.end);
    at = element.end;
    return element;
  };
  const first = next();
  const signature = first?.tag === INTEGER ? next() : first;
  const issuer = next();
  if (signature?.tag !== SEQUENCE || issuer?.tag !== SEQUENCE || !isTime(next())) throw malformed();
  const afterThisUpdate = next();
  const entries = isTime(afterThisUpdate) ? next() : afterThisUpdate;
  return entries?.tag === SEQUENCE ? entries : undefined;
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === UTC_TIME || element?.tag === GENERALIZED_TIME;
}

/** Node and OpenSSL drop leading zeros, by whole bytes, and DER needs one before a high bit. */
function serialText(der: Buffer, { start, end }: Element): string {
  let from = start;
  while (from < end - 1 && der[from] === 0) from++;
  return der.toString('hex', from, end).toUpperCase();
}

/** The element whose tag is at `at`; it must end by `limit`. Of lengths, the definite form only. */
function elementAt(der: Buffer, at: number, limit: number): Element {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) throw malformed();
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 4 || at + 2 + more > limit) throw malformed();
  const length = more === 0 ? first : der.readUIntBE(at + 2, more);
  const start = at + 2 + more;
  const end = start + length;
  if (end > limit) throw malformed();
  return { tag, start, end };
}

function expect(tag: number, element: Element): Element {
  if (element.tag !== tag) throw malformed();
  return element;
}

function malformed(): TlsError {
  return new TlsError('TLS_REVOCATION_LIST', 'x509: malformed crl');
}
