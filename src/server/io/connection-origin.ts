/** Where a connection of a client comes from. */
export interface ConnectionOrigin {
  /** `host:port`, `[host]:port`, or `@` on a unix socket. */
  readonly peer: string;
  /** The common name of the client's verified certificate; only with `--client-cert-auth`. */
  readonly clientCommonName: string | undefined;
  readonly isTls: boolean;
}
