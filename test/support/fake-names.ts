/** Names as a test wants them: hosts with their addresses, services with their records. */
import type { NameResolver, ServiceRecord } from '../../src/server/config/name-resolver.ts';

export interface KnownNames {
  readonly hosts?: Readonly<Record<string, string>>;
  /** By `service.domain`. */
  readonly services?: Readonly<Record<string, readonly ServiceRecord[]>>;
}

export class FakeNames implements NameResolver {
  /** Time that was waited for names to become known. */
  pausedMs = 0;
  readonly #known: KnownNames;

  constructor(known: KnownNames = {}) {
    this.#known = known;
  }

  address(host: string): Promise<string> {
    if (/^[\d.]+$|:/.test(host)) return Promise.resolve(host);
    const address = this.#known.hosts?.[host];
    return address === undefined
      ? Promise.reject(new TypeError(`lookup ${host}: no such host`))
      : Promise.resolve(address);
  }

  services(service: string, domain: string): Promise<readonly ServiceRecord[]> {
    const records = this.#known.services?.[`${service}.${domain}`];
    return records === undefined
      ? Promise.reject(new TypeError(`lookup _${service}._tcp.${domain}: no such host`))
      : Promise.resolve(records);
  }

  pause(ms: number): Promise<void> {
    this.pausedMs += ms;
    return Promise.resolve();
  }
}
