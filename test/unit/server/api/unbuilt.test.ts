import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SERVICES } from '../../../../src/pb/index.ts';
import { unbuiltMethods } from '../../../../src/server/api/unbuilt.ts';
import { FakeBidiCall } from '../../../support/server/fake-calls.ts';

describe('unbuilt methods', () => {
  it('API-I8: every method of etcd that is not built -> Unimplemented, with a text that says so', () => {
    const all = SERVICES.flatMap(({ methods }) => Object.values(methods).map(({ path }) => path));
    const rows = unbuiltMethods(new Set(['/etcdserverpb.KV/Put']));
    assert.deepEqual(
      rows.map(([path]) => path),
      all.filter((path) => path !== '/etcdserverpb.KV/Put'),
    );
    const [, method] = rows.find(([path]) => path === '/etcdserverpb.Auth/AuthEnable') ?? [];
    assert.equal(method?.kind, 'bidi');
    const call = new FakeBidiCall();
    if (method?.kind === 'bidi') method.handler(call);
    assert.deepEqual(call.failure, {
      code: 'Unimplemented',
      message: 'etcd-ts: etcdserverpb.Auth/AuthEnable is not built yet in this version',
    });
  });
});
