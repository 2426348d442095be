import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { BackendError, Bucket, NAMED_BUCKETS } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import { BboltCheck, BboltFile, bytesSource } from '../../../../src/bbolt/index.ts';
import { SnapshotRequest, SnapshotResponse } from '../../../../src/pb/index.ts';
import { snapshotCallsMax, snapshotService } from '../../../../src/server/api/snapshot.ts';
import { allRows } from '../../../../src/server/membership/stored-membership.ts';
import { IMAGE_CHUNK_BYTES } from '../../../../src/server/snapshot-image/state-image.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { bucketOf, allRows as fileRows } from '../../../support/bbolt/bbolt-files.ts';
import { FakeBidiCall } from '../../../support/server/fake-calls.ts';
import { written } from '../../../support/server/requests.ts';

async function started(): Promise<SimMember> {
  const sim = new SimMember(1);
  await sim.start();
  return sim;
}

const snapshot = (sim: SimMember): FakeBidiCall =>
  sim.serverStream('/etcdserverpb.Maintenance/Snapshot', SnapshotRequest, {});

function decodedMessages(call: FakeBidiCall): SnapshotResponse[] {
  return call.take().map((bytes) => SnapshotResponse.decode(bytes));
}

/** The whole answer: the file, after the framing of its messages was checked. */
async function savedFile(sim: SimMember, call: FakeBidiCall): Promise<BboltFile> {
  await sim.until(() => call.isOver);
  assert.equal(call.failure, undefined);
  const messages = decodedMessages(call);
  const trailer = messages.pop();
  const file = Buffer.concat(messages.map(({ blob }) => blob));
  let remaining = file.length;
  for (const message of messages) {
    remaining -= message.blob.length;
    assert.equal(message.remainingBytes, remaining);
    assert.equal(message.header, undefined);
    assert.equal(message.version, '3.6.0');
    assert.equal(message.blob.length, Math.min(IMAGE_CHUNK_BYTES, message.blob.length + remaining));
  }
  assert.deepEqual(trailer, {
    header: undefined,
    remainingBytes: 0,
    blob: new Uint8Array(createHash('sha256').update(file).digest()),
    version: '3.6.0',
  });
  const opened = BboltFile.open(bytesSource(new Uint8Array(file)));
  assert.equal(opened.sizeBytes, file.length);
  const check = new BboltCheck(opened);
  while (check.step(100) === undefined);
  return opened;
}

const keys = (file: BboltFile): number => fileRows(bucketOf(file, 'key')).length;

describe('maintenance: snapshot', () => {
  it('IMAGE-I1: all of the named buckets with the rows of the backend, and no other bucket', async () => {
    const sim = await started();
    for (let n = 0; n < 40; n++) await written(sim, `key${n}`, 'v'.repeat(n * 100));
    const file = await savedFile(sim, snapshot(sim));
    assert.deepEqual(
      file.bucketNames().map((name) => utf8Text(name)),
      NAMED_BUCKETS.map(([name]) => name),
    );
    for (const [name, bucket] of NAMED_BUCKETS) {
      const rows = fileRows(bucketOf(file, name)).map(({ key, value }) => ({
        key: Uint8Array.from(key),
        value: Uint8Array.from(value),
      }));
      assert.deepEqual(rows, await allRows(sim.backend, bucket), name);
    }
    assert.equal(keys(file), 40);
    await sim.stop();
  });

  it('IMAGE-I2: what was answered before the call is in it, unflushed or not', async () => {
    const sim = await started();
    await written(sim, 'first', '1');
    await written(sim, 'last', '2');
    const flushed = (await allRows(sim.backend, Bucket.key)).length;
    assert.ok(flushed < 2, 'the last write is not flushed');
    assert.equal(keys(await savedFile(sim, snapshot(sim))), 2);
    await sim.stop();
  });

  it('IMAGE-I3: a slow client holds the stream, not the member; its image stays that of one moment', async () => {
    const sim = await started();
    for (let n = 0; n < 60; n++) await written(sim, `key${n}`, 'v'.repeat(4000));
    const call = snapshot(sim);
    call.sendMax = 2;
    await sim.until(() => call.sent.length === 2);
    const taken = [...call.sent];
    for (let n = 0; n < 30; n++) await written(sim, `later${n}`, 'x');
    await sim.pass(1000);
    assert.equal(call.sent.length, 2, 'nothing is sent while the client takes nothing');
    const early = call.take();
    assert.deepEqual(early, taken);
    call.sendMax = Infinity;
    await sim.until(() => call.isOver);
    call.sent.unshift(...early);
    assert.equal(keys(await savedFile(sim, call)), 60);
    await sim.stop();
  });

  for (const sendMax of [0, 2]) {
    it(`cancelled with ${sendMax} messages sent -> the image is let go`, async () => {
      const sim = await started();
      for (let n = 0; n < 60; n++) await written(sim, `key${n}`, 'v'.repeat(4000));
      const call = snapshot(sim);
      call.sendMax = Math.max(1, sendMax);
      if (sendMax > 0) await sim.until(() => call.sent.length > 0);
      assert.equal(sim.backend.openViews, sendMax > 0 ? 1 : 0);
      call.cancel();
      await sim.pass(1000);
      assert.equal(sim.backend.openViews, 0);
      await sim.stop();
    });
  }

  it('more calls than snapshotCallsMax -> refused; when one has ended the next is served', async () => {
    const sim = await started();
    for (let n = 0; n < 60; n++) await written(sim, `key${n}`, 'v'.repeat(4000));
    const calls = Array.from({ length: snapshotCallsMax }, () => {
      const call = snapshot(sim);
      call.sendMax = 1;
      return call;
    });
    const refused = snapshot(sim);
    assert.equal(refused.failure?.message, 'etcdserver: too many requests');
    await sim.until(() => calls.every(({ sent }) => sent.length > 0));
    assert.equal(sim.backend.openViews, snapshotCallsMax);
    calls[3]?.cancel();
    await sim.pass(100);
    assert.equal(keys(await savedFile(sim, snapshot(sim))), 60);
    for (const call of calls) call.cancel();
    await sim.pass(100);
    assert.equal(sim.backend.openViews, 0);
    await sim.stop();
  });

  it('the server stops meanwhile -> the call ends, and the stop is clean', async () => {
    const sim = await started();
    for (let n = 0; n < 60; n++) await written(sim, `key${n}`, 'v'.repeat(4000));
    const call = snapshot(sim);
    call.sendMax = 1;
    await sim.until(() => call.sent.length > 0);
    await sim.stop();
    assert.equal(call.isOver, true);
    assert.deepEqual(sim.fatals, []);
  });

  it('the disk fails while it is made -> Internal, and the member ends', async () => {
    const sim = await started();
    await written(sim, 'a', '1');
    sim.backend.failCommit(1);
    const call = snapshot(sim);
    await sim.until(() => call.isOver);
    assert.equal(call.failure?.code, 'Internal');
    assert.equal(sim.fatals.length, 1);
  });

  it('the state is put away meanwhile -> Unavailable, and the member goes on', async () => {
    const sim = await started();
    const closed = new BackendError('BACKEND_CLOSED', 'the backend was closed meanwhile');
    const member = {
      meters: sim.member.meters,
      stateImage: () => Promise.reject(closed),
      fatal: (error: unknown) => assert.fail(String(error)),
    };
    const [[, method] = assert.fail()] = snapshotService(member);
    assert.equal(method.kind, 'server-stream');
    const call = new FakeBidiCall();
    if (method.kind === 'server-stream') method.handler(call, SnapshotRequest.encode({}));
    await sim.until(() => call.isOver);
    assert.deepEqual(call.failure, { code: 'Unavailable', message: 'etcdserver: server stopped' });
    await sim.stop();
  });

  it('a request that cannot be read -> the words of grpc-go', async () => {
    const sim = await started();
    const method = sim.services.get('/etcdserverpb.Maintenance/Snapshot');
    assert.equal(method?.kind, 'server-stream');
    const call = new FakeBidiCall();
    if (method?.kind === 'server-stream') method.handler(call, utf8Bytes('\n'));
    assert.match(call.failure?.message ?? '', /failed to unmarshal the received message/);
    await sim.stop();
  });
});
