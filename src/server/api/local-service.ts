/** Builds the rows of services that are made of the server's calls to itself. */
import type { ServiceTable } from '../../grpc/index.ts';
import type { MessageCodec } from '../../pb/index.ts';
import { type ServiceEntry, unary } from './decoded-request.ts';
import { LocalClient } from './local-client.ts';
import type { MemberView } from './member-view.ts';
import type { OpenCalls } from './open-calls.ts';
import { unexpectedFailure } from './rpc-errors.ts';

export interface LocalServicePorts {
  /** The services that are called. */
  readonly table: ServiceTable;
  readonly member: Pick<MemberView, 'fatal'>;
  /** Such calls may wait for other clients, so a stopping server has to end them. */
  readonly calls: OpenCalls;
}

/** A unary method: `handle` gives the encoded response, or rejects with an RpcError. */
export function localUnary<Request>(
  path: string,
  codec: MessageCodec<Request>,
  { table, member, calls }: LocalServicePorts,
  handle: (client: LocalClient, request: Request) => Promise<Uint8Array>,
): ServiceEntry {
  return unary(path, codec, (call, request) => {
    calls.add(call, { leader: false });
    handle(new LocalClient(table, call), request)
      .then((response) => call.reply(response))
      .catch((error: unknown) => call.fail(unexpectedFailure(error, member)));
  });
}
