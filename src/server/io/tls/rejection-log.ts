/** Says in the log which connections were rejected, as etcd does, but not more than so many. */
import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../../base/ports/clock.ts';
import type { Logger } from '../../../base/ports/logger.ts';
import { subjectNames } from './subject-names.ts';

/** Lines in a second; of those beyond, the next line in a later second says how many. */
export const REJECTIONS_LOGGED_MAX = 20;
const WINDOW_MS = 1000;

export interface Rejection {
  /** Empty when the connection is gone so far that nobody knows. */
  readonly remoteAddress: string;
  readonly error: string;
  /** The client gave up by itself, which deserves no warning. */
  readonly isGivenUp?: boolean;
  /** The host that the client asked for, if it came to that. */
  readonly serverName?: string;
  readonly certificate?: X509Certificate | undefined;
}

export class RejectionLog {
  readonly #message: string;
  readonly #logger: Logger;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #windowStartMs = -Infinity;
  #logged = 0;
  #suppressed = 0;

  constructor(
    endpoint: 'client' | 'peer',
    ports: { readonly logger: Logger; readonly clock: Pick<Clock, 'monotonicMs'> },
  ) {
    this.#message = `rejected connection on ${endpoint} endpoint`;
    this.#logger = ports.logger;
    this.#clock = ports.clock;
  }

  add(rejection: Rejection): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#logged = 0;
    }
    if (this.#logged === REJECTIONS_LOGGED_MAX) {
      this.#suppressed++;
      return;
    }
    this.#logged++;
    const fields = this.#fieldsOf(rejection);
    if (rejection.isGivenUp === true) this.#logger.debug(this.#message, fields);
    else this.#logger.warn(this.#message, fields);
  }

  #fieldsOf({ remoteAddress, serverName, certificate, error }: Rejection): Record<string, unknown> {
    const names = certificate === undefined ? undefined : subjectNames(certificate);
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return {
      'remote-addr': remoteAddress,
      'server-name': serverName ?? '',
      ...(names === undefined
        ? {}
        : { 'ip-addresses': names.ipAddresses, 'dns-names': names.dnsNames }),
      error,
      ...(suppressed === 0 ? {} : { 'not-logged-before': suppressed }),
    };
  }
}
