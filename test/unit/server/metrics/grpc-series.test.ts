import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallCounters, type ServiceTable, StatusCode } from '../../../../src/grpc/index.ts';
import { SERVICES } from '../../../../src/pb/index.ts';
import { ClientRequests } from '../../../../src/server/api/client-requests.ts';
import { Exposition } from '../../../../src/server/metrics/exposition.ts';
import { clientRequestSeries, grpcSeries } from '../../../../src/server/metrics/grpc-series.ts';
import { type Family, parsePrometheus, valueOf } from '../../../support/metrics/prometheus-text.ts';

/** All methods, none of which is called here. */
const TABLE: ServiceTable = new Map(
  SERVICES.flatMap(({ methods }) => Object.values(methods)).map(({ path }) => [
    path,
    { kind: 'unary', handler: () => undefined },
  ]),
);

async function page(counters: CallCounters, table = TABLE): Promise<Map<string, Family>> {
  return parsePrometheus(await new Exposition(grpcSeries(table, counters).series).text());
}

const PUT = {
  grpc_method: 'Put',
  grpc_service: 'etcdserverpb.KV',
  grpc_type: 'unary',
};

describe('grpcSeries', () => {
  it('every method of the table is shown before its first call, with every code', async () => {
    const families = await page(new CallCounters({ isTimed: false }));
    const services = new Set(
      families
        .get('grpc_server_started_total')
        ?.samples.map(({ labels }) => labels['grpc_service']),
    );
    assert.ok(services.has('etcdserverpb.Auth') && services.has('grpc.health.v1.Health'));
    assert.equal(valueOf(families, 'grpc_server_started_total', PUT), 0);
    for (const grpc_code of Object.keys(StatusCode)) {
      assert.equal(valueOf(families, 'grpc_server_handled_total', { ...PUT, grpc_code }), 0);
    }
    assert.equal(families.has('grpc_server_handling_seconds'), false);
  });

  it('grpc_type: by what streams', async () => {
    const families = await page(new CallCounters({ isTimed: false }));
    const types = new Map(
      families
        .get('grpc_server_started_total')
        ?.samples.map(({ labels }) => [labels['grpc_method'], labels['grpc_type']]),
    );
    assert.equal(types.get('LeaseKeepAlive'), 'bidi_stream');
    assert.equal(types.get('Snapshot'), 'server_stream');
    assert.equal(types.get('Range'), 'unary');
  });

  it('Lock and Election are shown from their first call on, with the codes there were', async () => {
    const counters = new CallCounters({ isTimed: false });
    const before = await page(counters);
    const ofLock = ({ samples = [] }: Partial<Family> = {}): string[] =>
      samples
        .filter(({ labels }) => labels['grpc_service'] === 'v3lockpb.Lock')
        .map(({ labels }) => `${labels['grpc_method']} ${labels['grpc_code'] ?? ''}`);
    assert.deepEqual(ofLock(before.get('grpc_server_started_total')), []);
    assert.deepEqual(ofLock(before.get('grpc_server_handled_total')), []);
    const lock = counters.of('/v3lockpb.Lock/Lock');
    lock.started = 2;
    lock.ended[StatusCode.OK] = 1;
    const after = await page(counters);
    assert.deepEqual(ofLock(after.get('grpc_server_started_total')), ['Lock ']);
    assert.deepEqual(ofLock(after.get('grpc_server_handled_total')), ['Lock OK']);
  });

  it('counts appear under their method and code; bytes in all', async () => {
    const counters = new CallCounters({ isTimed: false });
    const put = counters.of('/etcdserverpb.KV/Put');
    Object.assign(put, { started: 5, receivedMessages: 4, sentMessages: 3 });
    put.ended[StatusCode.Unavailable] = 2;
    Object.assign(counters, { receivedBytes: 10, sentBytes: 20 });
    const families = await page(counters);
    const handled = { ...PUT, grpc_code: 'Unavailable' };
    assert.equal(valueOf(families, 'grpc_server_started_total', PUT), 5);
    assert.equal(valueOf(families, 'grpc_server_msg_received_total', PUT), 4);
    assert.equal(valueOf(families, 'grpc_server_msg_sent_total', PUT), 3);
    assert.equal(valueOf(families, 'grpc_server_handled_total', handled), 2);
    assert.equal(valueOf(families, 'etcd_network_client_grpc_received_bytes_total'), 10);
    assert.equal(valueOf(families, 'etcd_network_client_grpc_sent_bytes_total'), 20);
  });

  it('timed calls: a histogram of each method', async () => {
    const counters = new CallCounters({ isTimed: true });
    counters.of('/etcdserverpb.KV/Put').handling?.observe(0.02);
    const families = await page(counters);
    const bucket = { ...PUT, le: '0.025' };
    assert.equal(valueOf(families, 'grpc_server_handling_seconds_bucket', bucket), 1);
    assert.equal(valueOf(families, 'grpc_server_handling_seconds_count', PUT), 1);
  });
});

describe('clientRequestSeries', () => {
  it('by kind of call and version of the client; not shown before the first', async () => {
    const requests = new ClientRequests();
    const name = 'etcd_server_client_requests_total';
    const page = async (): Promise<Map<string, Family>> =>
      parsePrometheus(await new Exposition(clientRequestSeries(requests).series).text());
    assert.equal((await new Exposition(clientRequestSeries(requests).series).text()).trim(), '');
    requests.count('unary', '3.6');
    requests.count('unary', '3.6');
    requests.count('stream', undefined);
    const families = await page();
    assert.equal(valueOf(families, name, { type: 'unary', client_api_version: '3.6' }), 2);
    assert.equal(valueOf(families, name, { type: 'stream', client_api_version: 'unknown' }), 1);
  });
});
