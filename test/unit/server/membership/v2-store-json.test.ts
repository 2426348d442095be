import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { v2StoreJson } from '../../../../src/server/membership/v2-store-json.ts';

const MEMBER = {
  id: 0x8e9e_05c5_2164_694dn,
  peerURLs: ['http://localhost:2380'],
  isLearner: false,
  name: 'default',
  clientURLs: ['http://localhost:2379'],
};

/**
 * What etcd 3.5.30 wrote into its first .snap file, without its event history (999 more nulls).
 * Indexes and counters are those of its operations; a reader wants the nodes only.
 */
const ETCD =
  '{"Root":{"Path":"/","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{"0":{"Path":"/0","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{"members":{"Path":"/0/members","CreatedIndex":1,"ModifiedIndex":1,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{"8e9e05c52164694d":{"Path":"/0/members/8e9e05c52164694d","CreatedIndex":1,"ModifiedIndex":1,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{"attributes":{"Path":"/0/members/8e9e05c52164694d/attributes","CreatedIndex":2,"ModifiedIndex":2,"ExpireTime":"0001-01-01T00:00:00Z","Value":"{\\"name\\":\\"default\\",\\"clientURLs\\":[\\"http://localhost:2379\\"]}","Children":null},"raftAttributes":{"Path":"/0/members/8e9e05c52164694d/raftAttributes","CreatedIndex":1,"ModifiedIndex":1,"ExpireTime":"0001-01-01T00:00:00Z","Value":"{\\"peerURLs\\":[\\"http://localhost:2380\\"]}","Children":null}}}}},"version":{"Path":"/0/version","CreatedIndex":3,"ModifiedIndex":3,"ExpireTime":"0001-01-01T00:00:00Z","Value":"3.5.0","Children":null}}},"1":{"Path":"/1","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z","Value":"","Children":{}}}},"WatcherHub":{"EventHistory":{"Queue":{"Events":[null],"Size":3,"Front":0,"Back":3,"Capacity":1000},"StartIndex":1,"LastIndex":3}},"CurrentIndex":3,"Stats":{"getsSuccess":2,"getsFail":3,"setsSuccess":2,"setsFail":0,"deleteSuccess":0,"deleteFail":0,"updateSuccess":0,"updateFail":0,"createSuccess":1,"createFail":0,"compareAndSwapSuccess":0,"compareAndSwapFail":0,"compareAndDeleteSuccess":0,"compareAndDeleteFail":0,"expireCount":0,"watchers":0},"CurrentVersion":2}';

/** The document without its history, and with every count that depends on it as 0. */
function shape(json: string): string {
  const counts =
    /"(CreatedIndex|ModifiedIndex|Size|Back|StartIndex|LastIndex|CurrentIndex|\w+(?:Success|Fail))":\d+/g;
  return json.replace(/\[(null,)+null\]/, '[null]').replace(counts, '"$1":0');
}

interface Node {
  readonly Value: string;
  readonly Children: Record<string, Node> | null;
}

function nodeAt(json: string, path: readonly string[]): Node | undefined {
  let node: Node | undefined = (JSON.parse(json) as { Root: Node }).Root;
  for (const name of path) node = node?.Children?.[name];
  return node;
}

describe('v2 store JSON', () => {
  it('MEMBERSHIP-I3: the default member -> the document of etcd, byte for byte but for counts', () => {
    const ours = v2StoreJson({ members: [MEMBER], removed: [], version: '3.5.0' });
    assert.equal(shape(ours), shape(ETCD));
    assert.equal(ours.match(/null,/g)?.length, 999, 'a history of 1000 slots');
  });

  it('MEMBERSHIP-I3: learners, removed members and an undecided version', () => {
    const learner = { ...MEMBER, id: 0xffn, isLearner: true, name: '', clientURLs: [] };
    const json = v2StoreJson({ members: [learner], removed: [0x1an], version: undefined });
    assert.equal(
      nodeAt(json, ['0', 'members', 'ff', 'raftAttributes'])?.Value,
      '{"peerURLs":["http://localhost:2380"],"isLearner":true}',
    );
    assert.equal(nodeAt(json, ['0', 'members', 'ff', 'attributes'])?.Value, '{}');
    assert.deepEqual(nodeAt(json, ['0', 'removed_members', '1a'])?.Children, null);
    assert.equal(nodeAt(json, ['0', 'version']), undefined);
  });
});
