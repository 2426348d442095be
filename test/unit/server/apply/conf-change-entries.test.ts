/** Entries that change the membership, of both forms, as the applier takes them out of the log. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import {
  ConfChange,
  ConfChangeType,
  ConfChangeV2,
  ConfState,
  Entry,
  EntryType,
} from '../../../../src/pb/index.ts';
import { Applier, type ApplierPorts } from '../../../../src/server/apply/applier.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const { ConfChangeAddNode, ConfChangeRemoveNode } = ConfChangeType;

/** Member 1, what raft and the backend were told, and which ends there were. */
function setUp() {
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  cluster.add({ id: 1n, peerURLs: ['http://1'], isLearner: false, name: 'a', clientURLs: [] });
  const seen: string[] = [];
  const buffer = {
    appliedIndex: 0,
    setApplied: (index: number) => {
      buffer.appliedIndex = index;
    },
    setConfState: (json: Uint8Array) => seen.push(`row ${utf8Text(json)}`),
  };
  const ports = {
    state: { cluster },
    buffer,
    raft: {
      applyConfChange: (change: ConfChange | ConfChangeV2) => {
        seen.push('changes' in change ? 'leaves' : `raft ${change.type} ${change.nodeId}`);
        return ConfState.create({ voters: [1n, 3n] });
      },
    },
    events: {
      reconfigured: (id: bigint, error?: Error) => seen.push(`end ${id} ${error?.name ?? 'made'}`),
      removed: () => seen.push('removed'),
    },
    logger: new RecordingLogger(),
  };
  const applier = new Applier(ports as unknown as ApplierPorts);
  const apply = (type: EntryType, data: Uint8Array): void => {
    const index = applier.appliedIndex + 1;
    applier.apply(Entry.create({ index, term: 1, type, data }), 0);
  };
  return {
    cluster,
    seen,
    applier,
    first: (fields: Partial<ConfChange>) =>
      apply(EntryType.EntryConfChange, ConfChange.encode(ConfChange.create(fields))),
    second: (fields: Partial<ConfChangeV2>) =>
      apply(EntryType.EntryConfChangeV2, ConfChangeV2.encode(ConfChangeV2.create(fields))),
  };
}

const ROW = 'row {"voters":[1,3],"auto_leave":false}';
const context = utf8Bytes('{"id":3,"peerURLs":["http://3"],"name":"c"}');

describe('conf change entries', () => {
  it('of the first form -> raft, members, row; who waits for that id hears of it', () => {
    const { cluster, seen, first } = setUp();
    first({ id: 7n, type: ConfChangeAddNode, nodeId: 3n, context });
    assert.deepEqual(seen, ['raft 0 3', ROW, 'end 7 made']);
    assert.equal(cluster.member(3n)?.name, 'c');
    first({ id: 8n, type: ConfChangeAddNode, nodeId: 3n, context });
    assert.deepEqual(seen.slice(3), ['raft 0 0', ROW, 'end 8 MembershipError']);
    first({ id: 9n, type: ConfChangeRemoveNode, nodeId: 1n });
    assert.deepEqual(seen.slice(6), ['raft 1 1', ROW, 'end 9 made', 'removed']);
  });

  it('APPLY-I8: of the second form, one member -> as of the first', () => {
    const { cluster, seen, second } = setUp();
    second({ changes: [{ type: ConfChangeAddNode, nodeId: 3n }], context });
    assert.deepEqual(seen, ['raft 0 3', ROW, 'end 0 made']);
    assert.equal(cluster.member(3n)?.name, 'c');
  });

  it('APPLY-I8: the empty one by which raft leaves a joint configuration -> raft and the row', () => {
    const { seen, second, applier } = setUp();
    second({});
    assert.deepEqual([seen, applier.appliedIndex], [['leaves', ROW], 1]);
  });

  it('APPLY-I8: several members at once -> refused in words before anything has changed', () => {
    const { seen, second, applier } = setUp();
    const changes = [3n, 4n].map((nodeId) => ({ type: ConfChangeAddNode, nodeId }));
    assert.throws(() => second({ changes }), { code: 'APPLY_UNSUPPORTED_ENTRY' });
    assert.deepEqual([seen, applier.appliedIndex], [[], 0]);
  });
});
