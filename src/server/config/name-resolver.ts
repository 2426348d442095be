/** What the system knows of names; the real one is `io/dns-resolver.ts`. */
export interface NameResolver {
  /** The first address of a host: an IP address, without brackets. Rejects when there is none. */
  address(host: string): Promise<string>;
  /**
   * The SRV records of `_service._tcp.domain`, by priority. Rejects when there are none.
   */
  services(service: string, domain: string): Promise<readonly ServiceRecord[]>;
  /** Resolves after so much time. */
  pause(ms: number): Promise<void>;
}

export interface ServiceRecord {
  /** A host name; a dot may end it. */
  readonly target: string;
  readonly port: number;
}
