import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import protobuf from 'protobufjs';
import { KVService, PutRequest, SERVICES, WatchService } from '../../../src/pb/index.ts';
import { loadOracle } from '../../support/pb/oracle.ts';

describe('services', () => {
  it('every rpc of every .proto file, with its types and streaming kinds', () => {
    const { root } = loadOracle();
    const expected = ['etcdserverpb', 'v3lockpb', 'v3electionpb', 'grpc.health.v1']
      .flatMap((name) => root.lookup(name.split('.')) ?? [])
      .flatMap((item) => (item instanceof protobuf.Namespace ? item.nestedArray : []))
      .flatMap((item) => (item instanceof protobuf.Service ? item.methodsArray : []))
      .map((method) => ({
        path: `/${method.parent?.fullName.slice(1) ?? ''}/${method.name}`,
        request: method.resolvedRequestType?.fullName.slice(1),
        response: method.resolvedResponseType?.fullName.slice(1),
        requestStream: method.requestStream === true,
        responseStream: method.responseStream === true,
      }));
    const actual = SERVICES.flatMap((service) => Object.values(service.methods)).map((method) => ({
      path: method.path,
      request: method.request.typeName,
      response: method.response.typeName,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
    }));
    const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
    assert.deepEqual(actual.toSorted(byPath), expected.toSorted(byPath));
  });

  it('are typed and named as HTTP/2 names them', () => {
    assert.equal(KVService.methods.Put.path, '/etcdserverpb.KV/Put');
    assert.equal(KVService.methods.Put.request, PutRequest);
    assert.equal(KVService.methods.RangeStream.responseStream, true);
    assert.equal(WatchService.methods.Watch.requestStream, true);
  });
});
