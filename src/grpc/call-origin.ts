/** Where calls come from; shared by the calls of a connection. */
export interface CallOrigin {
  /** `address:port` of the client. */
  readonly peer: string;
  /** Common name of the client's verified certificate. */
  readonly clientCommonName: string | undefined;
}
