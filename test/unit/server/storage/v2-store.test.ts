import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { v2StoreJson } from '../../../../src/server/membership/v2-store-json.ts';
import { readV2Store } from '../../../../src/server/storage/v2-store.ts';

const MEMBERSHIP = {
  members: [
    {
      id: 0xfedc_ba98_7654_3210n,
      peerURLs: ['http://a:2380', 'http://b:2380'],
      isLearner: false,
      name: 'a',
      clientURLs: ['http://a:2379'],
    },
    { id: 7n, peerURLs: ['http://c:2380'], isLearner: true, name: '', clientURLs: [] },
  ],
  removed: [31n],
  version: '3.5.0',
};

/** A document with these folders and values beside etcd's own. */
function withNodes(nodes: Record<string, unknown>): Uint8Array {
  const store = JSON.parse(v2StoreJson(MEMBERSHIP)) as {
    Root: { Children: Record<string, unknown> };
  };
  Object.assign(store.Root.Children, nodes);
  return utf8Bytes(JSON.stringify(store));
}

const folder = (children: Record<string, unknown>): unknown => ({ Value: '', Children: children });
const value = (text: string): unknown => ({ Value: text, Children: null });

describe('v2 store', () => {
  it('a document as etcd writes it -> members, removed ids, version', () => {
    const { membership, hasUserContent } = readV2Store(utf8Bytes(v2StoreJson(MEMBERSHIP)));
    const members = membership.members.toSorted((a, b) => (a.id > b.id ? -1 : 1));
    assert.deepEqual({ ...membership, members }, { ...MEMBERSHIP, downgradeTarget: undefined });
    assert.equal(hasUserContent, false);
  });

  it('members that have not told their names, no version -> as they are', () => {
    const membership = { members: [], removed: [], version: undefined };
    const found = readV2Store(utf8Bytes(v2StoreJson(membership))).membership;
    assert.deepEqual(found, { ...membership, downgradeTarget: undefined });
  });

  it('STORAGE-I13: what clients have put there, and what etcd leaves of their users -> told apart', () => {
    const cases: [boolean, Record<string, unknown>][] = [
      [false, { 1: folder({}) }],
      [false, { 1: value('') }],
      [true, { 1: folder({ foo: value('bar') }) }],
      [true, { 1: folder({ empty: folder({}) }) }],
      [true, { 3: folder({ foo: value('bar') }) }],
      [false, { 2: folder({ enabled: value('false'), roles: folder({}), users: folder({}) }) }],
      [true, { 2: folder({ users: folder({ root: value('{}') }) }) }],
    ];
    for (const [expected, nodes] of cases) {
      assert.equal(readV2Store(withNodes(nodes)).hasUserContent, expected, JSON.stringify(nodes));
    }
  });

  it('folders in folders, deeper than any stack -> content of a client', () => {
    const depth = 50_000;
    const deep = `${'{"Value":"","Children":{"a":'.repeat(depth)}{"Value":"v"}${'}}'.repeat(depth)}`;
    const text = `{"Root":{"Value":"","Children":{"1":${deep}}}}`;
    assert.equal(readV2Store(utf8Bytes(text)).hasUserContent, true);
  });

  it('no such document -> refused', () => {
    const texts = ['', 'null', '{', '[]', '{"Root":5}', '{"Root":{"Value":""}}x'];
    const members = { members: folder({ xyz: folder({}) }) };
    const bad = [...texts.map(utf8Bytes), withNodes({ 0: folder(members) }), Uint8Array.of(255)];
    const noRaft = { members: folder({ 5: folder({ attributes: value('{}') }) }) };
    for (const bytes of [...bad, withNodes({ 0: folder(noRaft) })]) {
      assert.throws(() => readV2Store(bytes), { code: 'SERVER_START_REFUSED' });
    }
  });
});
