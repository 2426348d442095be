/** The one method of the no-op servers: what a Put costs without the Put. */
import type { Socket } from 'node:net';
import { PutResponse, ResponseHeader } from '../../src/pb/index.ts';

/** Serves the method on the connections it is given. */
export type Transport = (connection: Socket) => void;

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
