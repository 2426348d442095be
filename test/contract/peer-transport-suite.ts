/** What a member relies on of its peer transport, whatever carries the messages. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { PeerTransport } from '../../src/base/ports/peer-transport.ts';
import { Entry, Message, MessageType, Snapshot, SnapshotMetadata } from '../../src/pb/index.ts';
import type { MemorySnapshots, RecordedEvents } from '../support/peer/recorded-events.ts';

export interface ConnectedMember {
  readonly id: bigint;
  readonly url: string;
  readonly transport: PeerTransport<Message>;
  readonly events: RecordedEvents;
  readonly snapshots: MemorySnapshots;
}

export interface Network {
  /** Two members that do not know each other yet. */
  start(): Promise<readonly [ConnectedMember, ConnectedMember]>;
  /** Lets what is under way arrive, until `isSo` holds; rejects when it never does. */
  until(isSo: () => boolean): Promise<void>;
  /** Lets some turns pass, in which nothing need happen. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Defines the tests of the contract for one implementation; `makeNetwork` is called once a test. */
export function peerTransportSuite(name: string, makeNetwork: () => Network): void {
  describe(`peer transport (${name})`, () => {
    let network: Network;
    let a: ConnectedMember;
    let b: ConnectedMember;

    beforeEach(async () => {
      network = makeNetwork();
      [a, b] = await network.start();
      a.transport.addPeer(b.id, [b.url]);
      b.transport.addPeer(a.id, [a.url]);
      await network.until(() => a.transport.activePeers === 1 && b.transport.activePeers === 1);
    });
    afterEach(async () => network.stop());

    const message = (type: MessageType, fields: Partial<Message> = {}): Message =>
      Message.create({ type, from: a.id, to: b.id, term: 1, ...fields });

    it('messages -> arrive whole, at the member they are for', async () => {
      const entries = [Entry.create({ index: 4, term: 1, data: Uint8Array.of(1, 2) })];
      const sent = message(MessageType.MsgApp, { index: 3, logTerm: 1, commit: 2, entries });
      a.transport.send([sent]);
      await network.until(() => b.events.messages.length === 1);
      assert.deepEqual(b.events.messages, [sent]);
      assert.deepEqual(a.events.messages, []);
    });

    it('several append answers at once -> the last one', async () => {
      const answers = [1, 2].map((index) => message(MessageType.MsgAppResp, { index }));
      a.transport.send(answers);
      await network.until(() => b.events.messages.length > 0);
      await network.settle();
      assert.deepEqual(b.events.messages, answers.slice(1));
    });

    it('to nobody that was named -> dropped; a snapshot is reported lost', async () => {
      const snapshot = Snapshot.create({
        metadata: SnapshotMetadata.create({ index: 1, term: 1 }),
      });
      a.transport.send([
        message(MessageType.MsgVote, { to: 99n }),
        message(MessageType.MsgSnap, { to: 99n, snapshot }),
      ]);
      assert.ok(!a.events.others.includes('snapshot to 99 lost'), 'never from inside send');
      await network.until(() => a.events.others.includes('snapshot to 99 lost'));
      assert.deepEqual(b.events.messages, []);
    });

    it('a snapshot -> saved, then delivered, then reported', async () => {
      const snapshot = Snapshot.create({
        metadata: SnapshotMetadata.create({ index: 7, term: 1 }),
      });
      const sent = message(MessageType.MsgSnap, { snapshot });
      let savedBefore = 0;
      b.events.onMessages = () => {
        savedBefore = b.snapshots.saved.length;
      };
      a.transport.send([sent]);
      await network.until(() => a.events.others.includes(`snapshot to ${b.id} saved`));
      assert.deepEqual(b.events.messages, [sent]);
      assert.equal(savedBefore, 1);
      assert.equal(b.snapshots.saved[0]?.database.toString(), 'database');
      assert.equal(a.snapshots.closed, 1);
    });

    it('becoming reachable is told, and since when is known', async () => {
      await network.until(() => a.events.others.includes(`active ${b.id}`));
      assert.equal(typeof a.transport.activeSince(b.id), 'number');
      assert.equal(a.transport.activeSince(99n), undefined);
    });

    it('a peer that is removed -> gets nothing, is not reachable', async () => {
      a.transport.removePeer(b.id);
      a.transport.send([message(MessageType.MsgVote)]);
      await network.settle();
      assert.deepEqual(b.events.messages, []);
      assert.equal(a.transport.activePeers, 0);
    });

    it('stopped -> nothing is sent or told any more', async () => {
      a.events.others.length = 0;
      await a.transport.stop();
      a.transport.send([message(MessageType.MsgVote), message(MessageType.MsgVote, { to: 99n })]);
      b.transport.send([message(MessageType.MsgVote, { from: b.id, to: a.id })]);
      await network.settle();
      assert.deepEqual([a.events.messages, a.events.others, b.events.messages], [[], [], []]);
    });
  });
}
