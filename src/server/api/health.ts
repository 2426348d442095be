/** gRPC's own health service: whether this server serves. Load balancers and probes ask it. */
import { RpcError, type ServerStreamCall } from '../../grpc/index.ts';
import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthListEntry,
  HealthListRequest,
  HealthListResponse,
  ServingStatus,
} from '../../pb/index.ts';
import { decoded, type ServiceEntry, unary } from './decoded-request.ts';

/** The name that stands for the server as a whole, and the only one that etcd reports on. */
const WHOLE_SERVER = '';

/** It serves from the start: there is no port to ask at before. */
export function healthService(): ServiceEntry[] {
  const path = (method: string): string => `/grpc.health.v1.Health/${method}`;
  return [
    unary(path('Check'), HealthCheckRequest, (call, { service }) => {
      if (service === WHOLE_SERVER) call.reply(encoded(ServingStatus.SERVING));
      else call.fail({ code: 'NotFound', message: 'unknown service' });
    }),
    unary(path('List'), HealthListRequest, (call) => {
      const value = HealthCheckResponse.create({ status: ServingStatus.SERVING });
      const statuses = [HealthListEntry.create({ key: WHOLE_SERVER, value })];
      call.reply(HealthListResponse.encode({ statuses }));
    }),
    [path('Watch'), { kind: 'server-stream', handler: watch }],
  ];
}

/** Tells the status of the service, which never changes, and stays open for the news of it. */
function watch(call: ServerStreamCall, bytes: Uint8Array): void {
  const request = decoded(HealthCheckRequest, bytes, 'stream');
  if (request instanceof RpcError) {
    call.fail(request);
    return;
  }
  const isKnown = request.service === WHOLE_SERVER;
  call.send(encoded(isKnown ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN));
}

function encoded(status: ServingStatus): Uint8Array {
  return HealthCheckResponse.encode({ status });
}
