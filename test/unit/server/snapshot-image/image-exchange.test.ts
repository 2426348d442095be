import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes } from '../../../../src/base/bytes.ts';
import { type BackendBatch, Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import { MetaKey } from '../../../../src/mvcc/index.ts';
import { Message, MessageType, Snapshot, SnapshotMetadata } from '../../../../src/pb/index.ts';
import { v2StoreJson } from '../../../../src/server/membership/v2-store-json.ts';
import { ImageError } from '../../../../src/server/snapshot-image/errors.ts';
import { ImageExchange } from '../../../../src/server/snapshot-image/image-exchange.ts';
import { ReceivedImages } from '../../../../src/server/snapshot-image/received-images.ts';
import { stageImage } from '../../../../src/server/snapshot-image/stage-image.ts';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';
import { SimDisks } from '../../../sim/sim-disks.ts';
import {
  type FilledState,
  filledState,
  imageOf,
  inParts,
  MEMBER,
  memoryGrowingFiles,
  namedRows,
  noPause,
  PLACE,
} from '../../../support/server/images.ts';

/** As raft gives it to the transport, with an index that is past. */
const ASKED = Message.create({
  type: MessageType.MsgSnap,
  to: 9n,
  from: 7n,
  term: 5,
  snapshot: Snapshot.create({ metadata: SnapshotMetadata.create({ index: 12, term: 2 }) }),
});

interface End {
  readonly exchange: ImageExchange;
  readonly received: ReceivedImages;
  readonly disks: SimDisks;
}

function end(state: FilledState, appliedIndex = 0): End {
  const files = new MemoryFileSystem();
  files.makeDirectory('/snap');
  files.makeDirectory('/kv');
  const received = new ReceivedImages('/snap', files);
  const exchange = new ImageExchange({
    received,
    createFile: memoryGrowingFiles(files),
    yieldTurn: noPause,
    stateImage: () => imageOf(state),
    appliedIndex: () => appliedIndex,
  });
  return { exchange, received, disks: new SimDisks(files) };
}

describe('image exchange', () => {
  it('IMAGE-I9: what leaves is the state as it is now; its message and the v2 store say the same', async () => {
    const state = await filledState(50);
    const outgoing = await end(state).exchange.open(ASKED);
    const { snapshot, ...rest } = outgoing.message;
    const { snapshot: _asked, ...expected } = ASKED;
    assert.deepEqual(rest, expected);
    assert.deepEqual(snapshot?.metadata, PLACE);
    assert.equal(
      utf8Text(snapshot?.data ?? new Uint8Array()),
      v2StoreJson({ members: [MEMBER], removed: [0x1fn], version: '3.6.0' }),
    );
    assert.equal(state.backend.openViews, 1);
    await outgoing.close();
    assert.equal(state.backend.openViews, 0);
  });

  it('from one member to another -> the same state', async () => {
    const state = await filledState(2000);
    const outgoing = await end(state).exchange.open(ASKED);
    const receiver = end(await filledState(0));
    await receiver.exchange.save(outgoing.message, outgoing.body);
    await outgoing.close();
    const current = await receiver.disks.openBackend('/kv');
    const staged = await stageImage(PLACE, {
      received: receiver.received,
      stage: () => receiver.disks.stageBackend('/kv'),
      yieldTurn: noPause,
    });
    assert.deepEqual(await namedRows(staged.backend), await namedRows(state.backend));
    await staged.discard();
    await current.close();
  });

  it('images that raft had no use for -> gone when the next one comes', async () => {
    const state = await filledState(5);
    const receiver = end(state, PLACE.index);
    const take = async (): Promise<void> => {
      const outgoing = await end(state).exchange.open(ASKED);
      await receiver.exchange.save(outgoing.message, outgoing.body);
      await outgoing.close();
    };
    await take();
    assert.equal(receiver.received.has(PLACE.index), true);
    const other = { ...PLACE, index: 31 };
    const message = Message.create({ ...ASKED, snapshot: Snapshot.create({ metadata: other }) });
    await assert.rejects(receiver.exchange.save(message, inParts(new Uint8Array(), 1)));
    assert.deepEqual(receiver.disks.files.list('/snap'), []);
  });

  for (const missing of ['consistentIndex', 'term', 'confState'] as const) {
    it(`a state without ${missing} -> ImageError, and its view is closed`, async () => {
      const { backend, buffer } = await filledState(1);
      await buffer.flush();
      const batch = backend.batch();
      batch.remove(Bucket.meta, MetaKey[missing]);
      await batch.commit();
      await assert.rejects(end({ backend, buffer }).exchange.open(ASKED), ImageError);
      assert.equal(backend.openViews, 0);
    });
  }

  const OTHERS_VOTERS = utf8Bytes('{"voters":[1,2,3],"auto_leave":false}');
  const images: [name: string, change: (batch: BackendBatch) => void][] = [
    [
      'an image of etcd 3.4, without term and voters',
      (batch) => {
        for (const key of [MetaKey.term, MetaKey.confState]) batch.remove(Bucket.meta, key);
      },
    ],
    [
      'an image of a cluster that etcdutl has restored, with the voters of the former one',
      (batch) => batch.put(Bucket.meta, MetaKey.confState, OTHERS_VOTERS),
    ],
  ];
  for (const [name, change] of images) {
    it(`${name} -> those of its snapshot`, async () => {
      const state = await filledState(3);
      await state.buffer.flush();
      const batch = state.backend.batch();
      change(batch);
      await batch.commit();
      const image = await imageOf(state);
      const receiver = end(state);
      const message = Message.create({ ...ASKED, snapshot: Snapshot.create({ metadata: PLACE }) });
      await receiver.exchange.save(message, image.chunks());
      await image.close();
      const staged = await stageImage(PLACE, {
        received: receiver.received,
        stage: () => receiver.disks.stageBackend('/kv'),
        yieldTurn: noPause,
      });
      assert.deepEqual(staged.place, PLACE);
      assert.equal(staged.meta.term, PLACE.term);
      const confState = staged.backend.getSync(Bucket.meta, MetaKey.confState);
      assert.equal(
        utf8Text(confState ?? new Uint8Array()),
        '{"voters":[7,18446744073709551615],"learners":[9],"auto_leave":false}',
      );
    });
  }

  it('rows of meta that cannot be decoded -> IMAGE_BAD_ROW', async () => {
    for (const key of [MetaKey.consistentIndex, MetaKey.term, MetaKey.storageVersion]) {
      const { backend, buffer } = await filledState(1);
      await buffer.flush();
      const batch = backend.batch();
      batch.put(Bucket.meta, key, concatBytes([Uint8Array.of(0xff), utf8Bytes('x')]));
      await batch.commit();
      const isBad = (error: unknown): boolean =>
        error instanceof ImageError && error.code === 'IMAGE_BAD_ROW';
      await assert.rejects(imageOf({ backend, buffer }), isBad);
    }
  });
});
