/** Requests of the usual kinds to a simulated member, and their answers. */
import assert from 'node:assert/strict';
import { utf8Bytes } from '../../../src/base/utf8.ts';
import { type MessageCodec, PutRequest, PutResponse, RangeRequest } from '../../../src/pb/index.ts';
import type { SimMember } from '../../sim/sim-member.ts';
import type { FakeUnaryCall } from './fake-calls.ts';

export function put(
  sim: SimMember,
  key: string,
  value: string,
  fields: Partial<PutRequest> = {},
): FakeUnaryCall {
  const request = PutRequest.create({ key: utf8Bytes(key), value: utf8Bytes(value), ...fields });
  return sim.unary('/etcdserverpb.KV/Put', PutRequest, request);
}

export function range(
  sim: SimMember,
  key: string,
  fields: Partial<RangeRequest> = {},
): FakeUnaryCall {
  const request = RangeRequest.create({ key: utf8Bytes(key), ...fields });
  return sim.unary('/etcdserverpb.KV/Range', RangeRequest, request);
}

/** Waits for the answer, which must not be a failure. */
export async function answered<Response>(
  sim: SimMember,
  call: FakeUnaryCall,
  codec: MessageCodec<Response>,
): Promise<Response> {
  await sim.until(() => call.isOver);
  assert.equal(call.failure, undefined);
  assert.ok(call.response !== undefined, 'the call is answered');
  return codec.decode(call.response);
}

/** Writes and waits; gives the revision of the write. */
export async function written(sim: SimMember, key: string, value: string): Promise<number> {
  const { header } = await answered(sim, put(sim, key, value), PutResponse);
  return header?.revision ?? 0;
}
