/** Who is at the other end of a connection. */
export interface ConnectionOrigin {
  /** `address:port`, as gRPC's handlers get it. */
  readonly peer: string;
  /** Common name of the client's certificate, when it has shown one that was accepted. */
  readonly clientCommonName: string | undefined;
  readonly isTls: boolean;
}
