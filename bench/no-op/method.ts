/** The one method of the no-op servers: what a Put costs without the Put. */
import type { Socket } from 'node:net';
import { PutResponse, ResponseHeader } from '../../src/pb/index.ts';

export interface Transport {
  /** Serves the method on a connection. */
  serve(connection: Socket): void;
  /** Ends what it holds: timers and connections. */
  close(): Promise<void>;
}

export const NO_OP_PATH = '/etcdts.bench.NoOp/Call';

/** The answer to every call: that of a Put. */
export const NO_OP_ANSWER: Uint8Array = PutResponse.encode(
  PutResponse.create({
    header: ResponseHeader.create({
      clusterId: 0xcdf8181e3b7f0000n,
      memberId: 0x8e9e05c52164694dn,
      revision: 100_000,
      raftTerm: 2,
    }),
  }),
);
