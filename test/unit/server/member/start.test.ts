import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PutRequest, PutResponse } from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';

describe('member: start', () => {
  it('bootstrap: new data directory -> leads, publishes itself, serves', async () => {
    const sim = new SimMember(1);
    await sim.start();
    const call = sim.unary(
      '/etcdserverpb.KV/Put',
      PutRequest,
      PutRequest.create({ key: Uint8Array.of(1), value: Uint8Array.of(2) }),
    );
    await sim.until(() => call.isOver);
    assert.equal(PutResponse.decode(call.response as Uint8Array).header?.revision, 2);
    await sim.stop();
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 2);
    sim.crash('power');
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 2);
  });
});
