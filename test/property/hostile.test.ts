/**
 * Hostile requests to every method: random messages with bounds of int64, unknown enums and odd
 * ids, and damaged ones. Each gets an answer or a clear refusal, the member lives, its state stays
 * sound, and it comes back from its disks as it was.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defined } from '../../src/base/assert.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import type { ServiceMethod } from '../../src/grpc/index.ts';
import {
  AlarmAction,
  AlarmRequest,
  type MessageCodec,
  PutRequest,
  RangeRequest,
  RangeResponse,
  SERVICES,
} from '../../src/pb/index.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { SimMember } from '../sim/sim-member.ts';
import { damaged } from '../support/damage.ts';
import { arbitraryMessage } from '../support/pb/arbitrary-message.ts';
import { FakeBidiCall, FakeUnaryCall } from '../support/server/fake-calls.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const REQUESTS = Number(process.env['REQUESTS'] ?? 100_000);
const MESSAGES_PER_METHOD = 100;
const BATCH = 500;
/** Longer than a request may take. */
const BATCH_MS_MAX = 10_000;
/** What is refused in these words is no message; any other Internal error would be a bug. */
const NO_MESSAGE =
  /^grpc: (error unmarshalling request|failed to unmarshal the received message): ./;

interface Method {
  readonly path: string;
  readonly codec: MessageCodec<object>;
  readonly served: ServiceMethod;
}

type AnyCall = FakeUnaryCall | FakeBidiCall;

const WAITING_MS = 200;
/** Calls that wait for other clients, so that only their own client ends them for sure. */
const WAITING = new Set(['/v3lockpb.Lock/Lock', '/v3electionpb.Election/Campaign']);

/** The methods that the member serves; of those not built, nothing can be learnt. */
function builtMethods(sim: SimMember): Method[] {
  return SERVICES.flatMap((service) => Object.values(service.methods)).flatMap((method) => {
    const served = sim.services.get(method.path);
    if (served === undefined) return [];
    const built = { path: method.path, codec: method.request, served };
    return send(built, method.request.encode(method.request.create())).failure?.code ===
      'Unimplemented'
      ? []
      : [built];
  });
}

function send({ served }: Method, bytes: Uint8Array): AnyCall {
  if (served.kind === 'unary') {
    const call = new FakeUnaryCall();
    served.handler(call, bytes);
    return call;
  }
  const call = new FakeBidiCall();
  if (served.kind === 'server-stream') {
    served.handler(call, bytes);
  } else {
    served.handler(call);
    call.receive(bytes);
    call.halfClose();
  }
  return call;
}

async function untilAnswered(sim: SimMember, calls: readonly AnyCall[]): Promise<void> {
  const unary = calls.filter((call) => call instanceof FakeUnaryCall);
  const endMs = sim.scheduler.monotonicMs() + BATCH_MS_MAX;
  await sim.until(() => unary.every((call) => call.isOver) || sim.scheduler.monotonicMs() >= endMs);
  assert.ok(
    unary.every((call) => call.isOver),
    'every unary call is answered in time',
  );
  assert.deepEqual(sim.fatals, []);
  for (const { failure } of calls) {
    if (failure === undefined) continue;
    assert.notEqual(failure.message, '');
    if (failure.code === 'Internal') assert.match(failure.message, NO_MESSAGE);
  }
  for (const call of calls) call.cancel();
}

/** Lets the calls go on for a while; those that wait then have a client that gives up. */
async function untilTurned(sim: SimMember, calls: readonly AnyCall[]): Promise<void> {
  await sim.pass(WAITING_MS);
  for (const call of calls) if (!call.isOver) call.cancel();
}

/** The message with some of its fields only: one with all of them at random is soon refused. */
function thinned(codec: MessageCodec<object>, message: object, random: SeededRandom): object {
  const kept = Object.entries(message).filter(() => random.below(2) === 0);
  return codec.create(Object.fromEntries(kept));
}

/** Alarms that the requests have raised would refuse those that follow. */
async function disarm(sim: SimMember): Promise<void> {
  const calls = sim.member.alarms.list(0).map(({ memberID, alarm }) => {
    const request = AlarmRequest.create({ action: AlarmAction.DEACTIVATE, memberID, alarm });
    return sim.unary('/etcdserverpb.Maintenance/Alarm', AlarmRequest, request);
  });
  await untilAnswered(sim, calls);
}

async function allKeys(sim: SimMember): Promise<readonly Uint8Array[]> {
  const request = RangeRequest.create({ key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) });
  const call = sim.unary('/etcdserverpb.KV/Range', RangeRequest, request);
  await untilAnswered(sim, [call]);
  return RangeResponse.decode(defined(call.response, 'the keys are read')).kvs;
}

async function assertServes(sim: SimMember): Promise<void> {
  const request = PutRequest.create({ key: utf8Bytes('alive'), value: utf8Bytes('yes') });
  const call = sim.unary('/etcdserverpb.KV/Put', PutRequest, request);
  await untilAnswered(sim, [call]);
  assert.equal(call.failure, undefined);
  sim.checkInvariants();
}

describe(`hostile requests (SEED=${SEED})`, () => {
  it(`${REQUESTS} to all methods -> answered or refused; the member lives`, async (t) => {
    const sim = new SimMember(SEED);
    await sim.start();
    const random = new SeededRandom(SEED);
    const methods = builtMethods(sim);
    let refused = 0;
    for (const method of methods) {
      const messages = fc
        .sample(arbitraryMessage(method.codec), { seed: SEED, numRuns: MESSAGES_PER_METHOD })
        .map(({ message }) => method.codec.encode(thinned(method.codec, message, random)));
      const perMethod = Math.ceil(REQUESTS / methods.length);
      for (let sent = 0; sent < perMethod; sent += BATCH) {
        const calls = Array.from({ length: Math.min(BATCH, perMethod - sent) }, () => {
          const bytes = messages[random.below(messages.length)] ?? new Uint8Array();
          return send(method, random.below(8) === 0 ? bytes : damaged(bytes, random));
        });
        if (WAITING.has(method.path)) await untilTurned(sim, calls);
        await untilAnswered(sim, calls);
        refused += calls.filter((call) => call.failure !== undefined).length;
        await disarm(sim);
      }
      await assertServes(sim);
    }
    t.diagnostic(`${methods.length} methods; ${refused} of ${REQUESTS} refused`);
    assert.ok(refused > REQUESTS / 10 && refused < REQUESTS);

    const before = await allKeys(sim);
    sim.crash('kill');
    await sim.start();
    assert.deepEqual(await allKeys(sim), before);
    await assertServes(sim);
  });
});
