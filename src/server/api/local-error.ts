/** How failures of the server's calls to itself look to the client whose call they are part of. */
import { RpcError, type RpcFailure } from '../../grpc/index.ts';
import { mappedFailures } from './rpc-errors.ts';

/** Texts that are etcd's own: all but those of Go's contexts and of its lessor. */
const KNOWN: ReadonlySet<string> = new Set(
  [...mappedFailures().values()]
    .map(({ message }) => message)
    .filter((message) => message.startsWith('etcdserver: ')),
);

/**
 * The error to end the client's call with. etcd's services for locks and elections use its Go
 * client, which turns the errors it knows into ones of its own; those have no gRPC code any more.
 */
export function localError({ code, message }: RpcFailure): RpcError {
  return new RpcError(KNOWN.has(message) ? 'Unknown' : code, message);
}
