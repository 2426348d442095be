/** Counts calls by the API version that the client says it speaks. */
import { utf8Text } from '../../base/utf8.ts';

export type CallKind = 'unary' | 'stream';

/** Versions that are counted apart, for each kind of call; all further ones count as `other`. */
export const clientVersionsMax = 256;

const UNKNOWN = 'unknown';
const OTHER = 'other';

export class ClientRequests {
  /** Calls by version, for `etcd_server_client_requests_total`. */
  readonly counts: Readonly<Record<CallKind, Map<string, number>>> = {
    unary: new Map(),
    stream: new Map(),
  };

  /**
   * Counts a call. `header` is the version as it came, one character for each byte; undefined
   * when there was none. False when that is no valid UTF-8.
   */
  count(kind: CallKind, header: string | undefined): boolean {
    const version = header === undefined ? UNKNOWN : textOf(header);
    if (version === undefined) return false;
    const counts = this.counts[kind];
    const isNew = !counts.has(version);
    const label = isNew && counts.size >= clientVersionsMax ? OTHER : version;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return true;
  }
}

/** What all clients send in practice, whose bytes are its text. */
const PRINTABLE_ASCII = /^[ -~]*$/;

function textOf(header: string): string | undefined {
  if (PRINTABLE_ASCII.test(header)) return header;
  return utf8Text(Uint8Array.from(header, (character) => character.charCodeAt(0)));
}
