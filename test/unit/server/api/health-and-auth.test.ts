import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AuthenticateRequest,
  AuthStatusRequest,
  AuthStatusResponse,
  HealthCheckRequest,
  HealthCheckResponse,
  HealthListRequest,
  ServingStatus,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { answered } from '../../../support/server/requests.ts';

const HEALTH = '/grpc.health.v1.Health/';

async function started(): Promise<SimMember> {
  const sim = new SimMember(1);
  await sim.start();
  return sim;
}

describe('health service', () => {
  it('check -> the server serves; a service by name is not known', async () => {
    const sim = await started();
    const check = (service: string) => sim.unary(`${HEALTH}Check`, HealthCheckRequest, { service });
    const { status } = await answered(sim, check(''), HealthCheckResponse);
    assert.equal(status, ServingStatus.SERVING);
    const unknown = { code: 'NotFound', message: 'unknown service' };
    assert.deepEqual(check('etcdserverpb.KV').failure, unknown);
  });

  it('list -> the bytes of grpc-go, which writes the empty key of a map too', async () => {
    const sim = await started();
    const { response } = sim.unary(`${HEALTH}List`, HealthListRequest, {});
    assert.equal(Buffer.from(response ?? []).toString('hex'), '0a060a0012020801');
  });

  it('watch -> the status, at once, on a stream that stays open', async () => {
    const sim = await started();
    for (const [service, expected] of [
      ['', ServingStatus.SERVING],
      ['x', ServingStatus.SERVICE_UNKNOWN],
    ] as const) {
      const call = sim.serverStream(`${HEALTH}Watch`, HealthCheckRequest, { service });
      const statuses = call.take().map((bytes) => HealthCheckResponse.decode(bytes).status);
      assert.deepEqual([statuses, call.isOver], [[expected], false]);
    }
  });
});

describe('auth service, without users', () => {
  it('status -> off, at the first revision', async () => {
    const sim = await started();
    const call = sim.unary('/etcdserverpb.Auth/AuthStatus', AuthStatusRequest, {});
    const { header, enabled, authRevision } = await answered(sim, call, AuthStatusResponse);
    assert.deepEqual([enabled, authRevision, header?.revision], [false, 1, 1]);
    assert.equal(header?.raftTerm, 2);
  });

  it('authenticate -> not enabled', async () => {
    const sim = await started();
    const request = AuthenticateRequest.create({ name: 'root', password: 'x' });
    const call = sim.unary('/etcdserverpb.Auth/Authenticate', AuthenticateRequest, request);
    await sim.until(() => call.isOver);
    const message = 'etcdserver: authentication is not enabled';
    assert.deepEqual(call.failure, { code: 'FailedPrecondition', message });
  });
});
