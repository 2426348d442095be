import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  ConfChange,
  ConfChangeType,
  ConfState,
  type Entry,
  EntryType,
  InternalRaftRequest,
  PutRequest,
  Snapshot,
  SnapshotMetadata,
  V2Request,
} from '../../../../src/pb/index.ts';
import { memberJson, promoteJson } from '../../../../src/server/membership/member.ts';
import { v2StoreJson } from '../../../../src/server/membership/v2-store-json.ts';
import { MembershipReplay } from '../../../../src/server/storage/membership-replay.ts';

const {
  ConfChangeAddNode: ADD,
  ConfChangeAddLearnerNode: ADD_LEARNER,
  ConfChangeRemoveNode: REMOVE,
} = ConfChangeType;

const member = (id: bigint, isLearner = false) => ({
  id,
  peerURLs: [`http://m${id}:2380`],
  isLearner,
  name: '',
  clientURLs: [],
});

/** Data of entries, from the one behind `start` on, all of term 3. */
class Log {
  readonly replay: MembershipReplay;
  #index: number;

  constructor(start?: Snapshot) {
    this.replay = new MembershipReplay({ cluster: 9n, local: 1n }, start);
    this.#index = start?.metadata.index ?? 0;
  }

  entry(data: Uint8Array, type: number = EntryType.EntryNormal): this {
    const entry = { type, term: 3, index: ++this.#index, data } as Entry;
    this.replay.apply(entry);
    return this;
  }

  request(request: Partial<InternalRaftRequest>): this {
    return this.entry(InternalRaftRequest.encode(InternalRaftRequest.create(request)));
  }

  v2(request: Partial<V2Request>): this {
    return this.entry(V2Request.encode(V2Request.create({ ID: 5n, ...request })));
  }

  change(type: number, nodeId: bigint, context = ''): this {
    const change = ConfChange.create({ type, nodeId, context: utf8Bytes(context) } as never);
    return this.entry(ConfChange.encode(change), EntryType.EntryConfChange);
  }

  add(id: bigint): this {
    return this.change(ADD, id, memberJson(member(id)));
  }

  get voters(): readonly bigint[] {
    return this.replay.place.confState.voters;
  }

  get learners(): readonly bigint[] {
    return this.replay.place.confState.learners;
  }

  get members(): readonly bigint[] {
    return this.replay.membership.members.map(({ id }) => id);
  }
}

const START = Snapshot.create({
  data: utf8Bytes(
    v2StoreJson({ members: [member(1n), member(2n)], removed: [7n], version: '3.4.0' }),
  ),
  metadata: SnapshotMetadata.create({
    index: 40,
    term: 2,
    confState: ConfState.create({ voters: [1n, 2n] }),
  }),
});

describe('membership replay', () => {
  it('STORAGE-I11: from the beginning of the log -> each change, and who votes behind it', () => {
    const log = new Log().add(1n).add(2n).add(3n);
    log.change(ADD_LEARNER, 4n, memberJson(member(4n, true)));
    assert.deepEqual([log.voters, log.learners], [[1n, 2n, 3n], [4n]]);
    log.change(ADD, 4n, promoteJson(4n)).change(REMOVE, 2n);
    assert.deepEqual([log.voters, log.learners, log.members], [[1n, 3n, 4n], [], [1n, 3n, 4n]]);
    assert.deepEqual(log.replay.membership.removed, [2n]);
    const { index, term } = log.replay.place;
    assert.deepEqual([index, term], [6, 3]);
  });

  it('STORAGE-I11: from a snapshot on -> as it says, then each change', () => {
    const log = new Log(START);
    assert.deepEqual(
      [log.voters, log.members],
      [
        [1n, 2n],
        [1n, 2n],
      ],
    );
    assert.deepEqual([log.replay.place.index, log.replay.place.term], [40, 2]);
    assert.equal(log.replay.membership.version, '3.4.0');
    log.add(3n);
    assert.deepEqual(
      [log.voters, log.members, log.replay.place.index],
      [[1n, 2n, 3n], [1n, 2n, 3n], 41],
    );
  });

  it('changes that were refused when they were applied -> change nothing', () => {
    const log = new Log(START).add(7n).add(2n).change(REMOVE, 5n);
    log.change(ADD, 8n, memberJson({ ...member(8n), peerURLs: ['http://m2:2380'] }));
    assert.deepEqual(
      [log.voters, log.members],
      [
        [1n, 2n],
        [1n, 2n],
      ],
    );
  });

  it('names and the version, in the form of 3.6 or of members before -> known', () => {
    const attributes = JSON.stringify({ name: 'b', clientURLs: ['http://b:2379'] });
    const log = new Log(START)
      .request({
        clusterMemberAttrSet: { memberID: 1n, memberAttributes: { name: 'a', clientUrls: [] } },
      } as never)
      .v2({ method: 'PUT', path: '/0/members/2/attributes', val: attributes })
      .request({ put: PutRequest.create({ key: utf8Bytes('k') }) })
      .entry(new Uint8Array(0));
    const { members, version } = log.replay.membership;
    assert.deepEqual(
      members.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(members[1]?.clientURLs, ['http://b:2379']);
    assert.equal(version, '3.4.0');
    log.v2({ method: 'PUT', path: '/0/version', val: '3.5.0' });
    assert.equal(log.replay.membership.version, '3.5.0');
    log.request({ clusterVersionSet: { ver: '3.6.0' } } as never);
    assert.equal(log.replay.membership.version, '3.6.0');
  });

  it('STORAGE-I13: v2 requests -> those that wrote data are refused in the words of 3.6, others not', () => {
    const text = 'detected disallowed v2 WAL for stage --v2-deprecation=write-only';
    for (const method of ['PUT', 'POST', 'DELETE']) {
      const wrote = { method, path: '/1/foo', val: 'bar' };
      assert.throws(() => new Log(START).v2(wrote), {
        code: 'SERVER_START_REFUSED',
        message: text,
      });
      const v2 = V2Request.create(wrote);
      assert.throws(() => new Log(START).request({ v2 }), { message: text });
    }
    for (const method of ['QGET', 'SYNC']) new Log(START).v2({ method, path: '/1/foo' });
  });

  it('a snapshot without a v2 store -> refused', () => {
    const { data: _, ...start } = START;
    assert.throws(() => new Log(start as Snapshot), { code: 'SERVER_START_REFUSED' });
  });
});
