/** Calls by method, as go-grpc-prometheus counts them; bytes of messages as etcd does. */
import {
  type CallCounters,
  type MethodCounters,
  type ServiceTable,
  StatusCode,
} from '../../grpc/index.ts';
import { type MethodDescriptor, SERVICES } from '../../pb/index.ts';
import type { CallKind, ClientRequests } from '../api/client-requests.ts';
import {
  counter,
  type Labels,
  type NumberSeries,
  type Sample,
  type SeriesGroup,
} from './series.ts';

const METHOD_LABELS = ['grpc_method', 'grpc_service', 'grpc_type'] as const;

const CODES: readonly string[] = Object.keys(StatusCode);

/** Etcd adds these services later, so that their methods are not shown before their first call. */
const SHOWN_WHEN_CALLED: ReadonlySet<string> = new Set(['v3electionpb.Election', 'v3lockpb.Lock']);

interface Method {
  readonly labels: Labels;
  readonly counters: MethodCounters;
  readonly isShownUncalled: boolean;
}

/** Of the methods in `table`. */
export function grpcSeries(table: ServiceTable, counters: CallCounters): SeriesGroup {
  const methods = methodsOf(table, counters);
  const isTimed = methods.some((method) => method.counters.handling !== undefined);
  const series = [
    perMethod(
      methods,
      'grpc_server_started_total',
      'Total number of RPCs started on the server.',
      ({ started }) => started,
    ),
    perMethod(
      methods,
      'grpc_server_msg_received_total',
      'Total number of RPC stream messages received on the server.',
      ({ receivedMessages }) => receivedMessages,
    ),
    perMethod(
      methods,
      'grpc_server_msg_sent_total',
      'Total number of gRPC stream messages sent by the server.',
      ({ sentMessages }) => sentMessages,
    ),
    handled(methods),
    counter(
      'etcd_network_client_grpc_received_bytes_total',
      'The total number of bytes received from grpc clients.',
      () => counters.receivedBytes,
    ),
    counter(
      'etcd_network_client_grpc_sent_bytes_total',
      'The total number of bytes sent to grpc clients.',
      () => counters.sentBytes,
    ),
  ];
  return { series: isTimed ? [...series, handling(methods)] : series };
}

/** Calls by the version of the API that their clients speak. */
export function clientRequestSeries({ counts }: ClientRequests): SeriesGroup {
  const ofKind = (type: CallKind): Sample[] =>
    [...counts[type]].map(([client_api_version, value]) => ({
      labels: { client_api_version, type },
      value,
    }));
  return {
    series: [
      {
        type: 'counter',
        name: 'etcd_server_client_requests_total',
        help: 'The total number of client requests per client version.',
        labelNames: ['client_api_version', 'type'],
        read: () => [...ofKind('stream'), ...ofKind('unary')],
      },
    ],
  };
}

function perMethod(
  methods: readonly Method[],
  name: string,
  help: string,
  read: (counters: MethodCounters) => number,
): NumberSeries {
  const samples = (): Sample[] =>
    shown(methods).map(({ labels, counters }) => ({ labels, value: read(counters) }));
  return { type: 'counter', name, help, labelNames: METHOD_LABELS, read: samples };
}

function handled(methods: readonly Method[]): NumberSeries {
  return {
    type: 'counter',
    name: 'grpc_server_handled_total',
    help: 'Total number of RPCs completed on the server, regardless of success or failure.',
    labelNames: ['grpc_code', ...METHOD_LABELS],
    read: () => methods.flatMap(handledOf),
  };
}

function handledOf({ labels, counters, isShownUncalled }: Method): Sample[] {
  const samples = CODES.map((code, i) => ({
    labels: { grpc_code: code, ...labels },
    value: counters.ended[i] as number,
  }));
  return isShownUncalled ? samples : samples.filter(({ value }) => value > 0);
}

function handling(methods: readonly Method[]): SeriesGroup['series'][number] {
  return {
    type: 'histogram',
    name: 'grpc_server_handling_seconds',
    help: 'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.',
    labelNames: METHOD_LABELS,
    read: () =>
      shown(methods).flatMap(({ labels, counters }) =>
        counters.handling === undefined ? [] : [{ labels, histogram: counters.handling }],
      ),
  };
}

function shown(methods: readonly Method[]): readonly Method[] {
  return methods.filter(({ isShownUncalled, counters }) => isShownUncalled || counters.started > 0);
}

function methodsOf(table: ServiceTable, counters: CallCounters): Method[] {
  return SERVICES.flatMap(({ typeName, methods }) =>
    Object.values(methods)
      .filter(({ path }) => table.has(path))
      .map((method) => ({
        labels: {
          grpc_method: method.name,
          grpc_service: typeName,
          grpc_type: typeOf(method),
        },
        counters: counters.of(method.path),
        isShownUncalled: !SHOWN_WHEN_CALLED.has(typeName),
      })),
  );
}

function typeOf({ requestStream, responseStream }: MethodDescriptor<object, object>): string {
  if (requestStream) return responseStream ? 'bidi_stream' : 'client_stream';
  return responseStream ? 'server_stream' : 'unary';
}
