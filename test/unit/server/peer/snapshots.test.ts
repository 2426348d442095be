import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Message, MessageType, Snapshot, SnapshotMetadata } from '../../../../src/pb/index.ts';
import {
  SNAPSHOT_STALL_MS,
  snapshotsSendingMax,
} from '../../../../src/server/peer/dial/snapshot-sender.ts';
import {
  snapshotMessageBytesMax,
  snapshotsReceivingMax,
} from '../../../../src/server/peer/serve/raft-snapshot.ts';
import { BODY_READ_TIMEOUT_MS } from '../../../../src/server/peer/serve/request-body.ts';
import { FrameBuffer } from '../../../../src/server/peer/wire/frame-buffer.ts';
import { messageEncoder } from '../../../../src/server/peer/wire/message-stream.ts';
import { ManualTime, until } from '../../../support/peer/manual-time.ts';
import { TestMember } from '../../../support/peer/test-member.ts';

const A = 0xan;
const B = 0xbn;

function snapshotMessage(fields: Partial<Message> = {}): Message {
  const snapshot = Snapshot.create({ metadata: SnapshotMetadata.create({ index: 9, term: 1 }) });
  return Message.create({
    type: MessageType.MsgSnap,
    from: A,
    to: B,
    term: 1,
    snapshot,
    ...fields,
  });
}

function framed(message: Message): Buffer {
  const frames = new FrameBuffer();
  messageEncoder.encode(message, frames);
  return Buffer.from(frames.take());
}

describe('snapshots among peers', () => {
  let time: ManualTime;
  let a: TestMember;
  let b: TestMember;

  beforeEach(async () => {
    time = new ManualTime();
    a = await TestMember.start(A, { time });
    b = await TestMember.start(B, { time });
    a.transport.addPeer(B, [b.url]);
  });

  afterEach(async () => {
    await a.stop();
    await b.stop();
    assert.equal(a.snapshots.opened, a.snapshots.closed, 'each body is closed');
  });

  const outcome = (): string | undefined =>
    a.events.others.find((event) => event.startsWith('snapshot'));

  /** A post of somebody else; resolves with status and text. */
  function post(body: (asked: ClientRequest) => void): Promise<[number, string]> {
    const headers = {
      'X-Server-Version': '3.6.14',
      'X-Etcd-Cluster-ID': 'cdef',
      'X-Min-Cluster-Version': '3.0.0',
    };
    const asked = request(`${b.url}/raft/snapshot`, { method: 'POST', headers, agent: false });
    return new Promise((resolve, reject) => {
      asked.on('error', reject);
      asked.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('end', () => {
          resolve([answer.statusCode ?? 0, Buffer.concat(chunks).toString()]);
        });
      });
      body(asked);
    });
  }

  it('sent -> saved whole, then given to raft, then told to the sender (PEER-I6)', async () => {
    const database = randomBytes(3 << 20);
    a.snapshots.body = async function* () {
      for (let at = 0; at < database.length; at += 100_000) {
        yield database.subarray(at, at + 100_000);
      }
    };
    const order: string[] = [];
    b.events.onMessages = () => order.push(`raft after ${b.snapshots.saved.length} saved`);
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(outcome(), `snapshot to ${B} saved`);
    assert.deepEqual(order, ['raft after 1 saved']);
    assert.deepEqual(b.snapshots.saved[0]?.database, database);
    assert.deepEqual(b.events.messages, [snapshotMessage()]);
    const sent = a.transport.meters.of(B);
    assert.equal(sent.snapshotsSent.done, 1);
    assert.equal(sent.snapshotsSent.underWay, 0);
    assert.ok(sent.sentBytes > database.length);
  });

  it('an empty database -> is one (PEER-I6)', async () => {
    a.snapshots.body = async function* () {
      // Nothing at all.
    };
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(b.snapshots.saved[0]?.database.length, 0);
  });

  it('the body breaks off at the sender -> nothing is saved or given to raft (PEER-I6)', async () => {
    a.snapshots.body = async function* () {
      yield randomBytes(1000);
      await until(() => b.transport.meters.snapshotsReceiving === 1, 'the message');
      throw new TypeError('disk on fire');
    };
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined && b.snapshots.failures.length > 0, 'both ends');
    assert.equal(outcome(), `snapshot to ${B} lost`);
    assert.deepEqual([b.snapshots.saved, b.events.messages], [[], []]);
    assert.ok(a.events.others.includes(`unreachable ${B}`));
    assert.equal(a.transport.meters.of(B).snapshotsSent.failed, 1);
  });

  it('it cannot be saved -> 500 with the reason, and lost for the sender (PEER-I6)', async () => {
    b.snapshots.save = () => Promise.reject(new TypeError('no space left'));
    const answer = await post((asked) => asked.end(framed(snapshotMessage())));
    assert.deepEqual(answer, [500, 'failed to save KV snapshot (no space left)\n']);
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(outcome(), `snapshot to ${B} lost`);
    assert.deepEqual(b.events.messages, []);
  });

  it('there is none to send -> lost', async () => {
    a.snapshots.open = () => Promise.reject(new TypeError('compacted away'));
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(outcome(), `snapshot to ${B} lost`);
  });

  it('for somebody who is no peer -> lost', async () => {
    a.transport.send([snapshotMessage({ to: 99n })]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(outcome(), 'snapshot to 99 lost');
  });

  it('snapshotsSendingMax are under way -> a further one is lost', async () => {
    const giveUp: (() => void)[] = [];
    a.snapshots.open = () =>
      new Promise((_, reject) => giveUp.push(() => reject(new TypeError('given up'))));
    for (let i = 0; i < snapshotsSendingMax; i++) a.transport.send([snapshotMessage()]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(outcome(), undefined);
    a.transport.send([snapshotMessage()]);
    await until(() => outcome() !== undefined, 'the outcome');
    assert.equal(outcome(), `snapshot to ${B} lost`);
    for (const end of giveUp) end();
  });

  it('a peer that takes no more of it -> given up in time', async () => {
    const server = createServer((asked) => asked.pause());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    a.transport.updatePeer(B, [`http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    let yielded = 0;
    a.snapshots.body = async function* () {
      for (;;) {
        yielded++;
        yield Buffer.alloc(1 << 20);
      }
    };
    a.transport.send([snapshotMessage()]);
    let before = -1;
    await until(() => {
      const isStuck = yielded === before && yielded > 0;
      before = yielded;
      if (isStuck) time.advance(SNAPSHOT_STALL_MS / 4);
      return outcome() !== undefined;
    }, 'the outcome');
    assert.equal(outcome(), `snapshot to ${B} lost`);
    server.closeAllConnections();
    server.close();
  });

  it('stopped while one is under way -> given up, its body closed, nothing told', async () => {
    let isStarted = false;
    a.snapshots.body = async function* () {
      for (;;) {
        yield Buffer.alloc(1000);
        isStarted = true;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    a.transport.send([snapshotMessage()]);
    await until(() => isStarted, 'it began');
    await a.transport.stop();
    assert.equal(outcome(), undefined);
  });

  it('a sender from which nothing comes any more -> the body fails (PEER-I6)', async () => {
    const answered = post((asked) => asked.write(framed(snapshotMessage())));
    await until(() => b.transport.meters.snapshotsReceiving === 1, 'it began');
    time.advance(BODY_READ_TIMEOUT_MS);
    await assert.rejects(answered);
    await until(() => b.snapshots.failures.length === 1, 'the failure');
    assert.equal(b.transport.meters.snapshotsReceiving, 0);
  });

  it('snapshotsReceivingMax come in -> 503 for a further one', async () => {
    const open: ClientRequest[] = [];
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < snapshotsReceivingMax; i++) {
      answers.push(
        post((asked) => {
          open.push(asked);
          asked.write(framed(snapshotMessage()));
        }),
      );
    }
    await until(() => b.transport.meters.snapshotsReceiving === snapshotsReceivingMax, 'all');
    const [status] = await post((asked) => asked.end(framed(snapshotMessage())));
    assert.equal(status, 503);
    for (const asked of open) asked.end();
    await Promise.all(answers);
    assert.equal(b.snapshots.saved.length, snapshotsReceivingMax);
  });

  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(snapshotMessageBytesMax) + 1n);
  for (const [situation, body, expected] of [
    ['nothing', Buffer.alloc(0), 'failed to decode raft message (unexpected EOF)\n'],
    ['half a message', framed(snapshotMessage()).subarray(0, 20), 'failed to decode raft message'],
    ['more than snapshotMessageBytesMax', length, 'failed to decode raft message'],
    ['bytes that are no message', Buffer.from('0000000000000001ff', 'hex'), 'failed to decode'],
    ['another message', framed(snapshotMessage({ type: 8 })), 'wrong raft message type\n'],
    ['no snapshot', framed(snapshotMessage({ snapshot: undefined })), 'wrong raft message type\n'],
  ] as const) {
    it(`${situation} -> 400, nothing saved`, async () => {
      const [status, text] = await post((asked) => asked.end(body));
      assert.equal(status, 400);
      assert.ok(text.startsWith(expected), text);
      assert.deepEqual(b.snapshots.saved, []);
    });
  }

  it('for somebody else -> saved and then refused, as etcd does', async () => {
    const answer = await post((asked) => asked.end(framed(snapshotMessage({ to: 5n }))));
    const reason = 'cannot process message to mismatch member';
    assert.deepEqual(answer, [500, `failed to process raft message (${reason})\n`]);
    assert.deepEqual(b.events.messages, []);
  });
});
