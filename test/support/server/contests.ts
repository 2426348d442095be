/** Requests of the Lock and Election services to a simulated member, and of what they stand on. */
import assert from 'node:assert/strict';
import { utf8Bytes, utf8Text } from '../../../src/base/utf8.ts';
import {
  CampaignRequest,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LockRequest,
  RangeResponse,
  UnlockRequest,
} from '../../../src/pb/index.ts';
import type { SimMember } from '../../sim/sim-member.ts';
import type { FakeUnaryCall } from './fake-calls.ts';
import { answered, range } from './requests.ts';

export async function grantLease(sim: SimMember, ID: bigint): Promise<void> {
  const request = LeaseGrantRequest.create({ ID, TTL: 600 });
  const call = sim.unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, request);
  await answered(sim, call, LeaseGrantResponse);
}

/** A member with leases 1 to `leases`. */
export async function memberWithLeases(sim: SimMember, leases: number): Promise<void> {
  await sim.start();
  for (let id = 1; id <= leases; id++) await grantLease(sim, BigInt(id));
}

export function lock(sim: SimMember, name: string, lease: bigint): FakeUnaryCall {
  const request = LockRequest.create({ name: utf8Bytes(name), lease });
  return sim.unary('/v3lockpb.Lock/Lock', LockRequest, request);
}

export function unlock(sim: SimMember, key: string): FakeUnaryCall {
  const request = UnlockRequest.create({ key: utf8Bytes(key) });
  return sim.unary('/v3lockpb.Lock/Unlock', UnlockRequest, request);
}

export function campaign(
  sim: SimMember,
  name: string,
  { lease, value }: { lease: bigint; value: string },
): FakeUnaryCall {
  const request = CampaignRequest.create({
    name: utf8Bytes(name),
    lease,
    value: utf8Bytes(value),
  });
  return sim.unary('/v3electionpb.Election/Campaign', CampaignRequest, request);
}

export async function deleted(sim: SimMember, key: string): Promise<number> {
  const request = DeleteRangeRequest.create({ key: utf8Bytes(key) });
  const call = sim.unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, request);
  const { header } = await answered(sim, call, DeleteRangeResponse);
  return header?.revision ?? 0;
}

/** All keys under a name, as `key=value`. */
export async function contenders(sim: SimMember, name: string): Promise<string[]> {
  const call = range(sim, `${name}/`, { rangeEnd: utf8Bytes(`${name}0`) });
  const { kvs } = await answered(sim, call, RangeResponse);
  return kvs
    .map((bytes) => KeyValue.decode(bytes))
    .map(({ key, value }) => `${utf8Text(key) ?? ''}=${utf8Text(value) ?? ''}`);
}

/** Long enough for everything under way that does not wait for another client. */
export async function settle(sim: SimMember): Promise<void> {
  await sim.pass(300);
}

/** Waits for the failure that carries this text and, as all of these services, no code. */
export async function refused(sim: SimMember, call: FakeUnaryCall, text: string): Promise<void> {
  await sim.until(() => call.isOver);
  assert.deepEqual([call.failure?.code, call.failure?.message], ['Unknown', text]);
}
