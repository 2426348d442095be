/**
 * The v2-store document inside .snap files and snapshot messages. Members up to 3.6 read the
 * membership out of it when they boot from a snapshot (compat-facts 8); nothing else of the
 * old v2 store is in there.
 */
import { goJson, hexId, type Member } from './member.ts';

/** Slots of the event history, which is always written out in full, empty. */
const EVENT_HISTORY_CAPACITY = 1000;
const NO_EXPIRY = '0001-01-01T00:00:00Z';
/** Counters of the v2 store in etcd's order. */
const STAT_NAMES = [
  'getsSuccess',
  'getsFail',
  'setsSuccess',
  'setsFail',
  'deleteSuccess',
  'deleteFail',
  'updateSuccess',
  'updateFail',
  'createSuccess',
  'createFail',
  'compareAndSwapSuccess',
  'compareAndSwapFail',
  'compareAndDeleteSuccess',
  'compareAndDeleteFail',
  'expireCount',
  'watchers',
];

interface Node {
  Path: string;
  CreatedIndex: number;
  ModifiedIndex: number;
  ExpireTime: string;
  Value: string;
  Children: Record<string, Node> | null;
}

/** The document for this membership; `version` is left out while it is undecided. */
export function v2StoreJson(membership: {
  readonly members: readonly Member[];
  readonly removed: readonly bigint[];
  readonly version: string | undefined;
}): string {
  const members = membership.members.map((member): [string, Node] => memberNode(member));
  const removed = membership.removed.map((id): [string, Node] => {
    const path = `/0/removed_members/${hexId(id)}`;
    return [hexId(id), file(path, '')];
  });
  const keyspace: [string, Node][] = [['members', directory('/0/members', members)]];
  if (removed.length > 0) {
    keyspace.push(['removed_members', directory('/0/removed_members', removed)]);
  }
  if (membership.version !== undefined) {
    keyspace.push(['version', file('/0/version', membership.version)]);
  }
  return goJson({
    Root: directory('/', [
      ['0', directory('/0', keyspace)],
      ['1', directory('/1', [])],
    ]),
    WatcherHub: {
      EventHistory: {
        Queue: {
          Events: Array.from({ length: EVENT_HISTORY_CAPACITY }, () => null),
          Size: 0,
          Front: 0,
          Back: 0,
          Capacity: EVENT_HISTORY_CAPACITY,
        },
        StartIndex: 0,
        LastIndex: 0,
      },
    },
    CurrentIndex: 0,
    Stats: Object.fromEntries(STAT_NAMES.map((name) => [name, 0])),
    CurrentVersion: 2,
  });
}

function memberNode(member: Member): [string, Node] {
  const path = `/0/members/${hexId(member.id)}`;
  const raft = member.isLearner
    ? { peerURLs: member.peerURLs, isLearner: true }
    : { peerURLs: member.peerURLs };
  const attributes: Record<string, unknown> = {};
  if (member.name !== '') attributes['name'] = member.name;
  if (member.clientURLs.length > 0) attributes['clientURLs'] = member.clientURLs;
  return [
    hexId(member.id),
    directory(path, [
      ['attributes', file(`${path}/attributes`, goJson(attributes))],
      ['raftAttributes', file(`${path}/raftAttributes`, goJson(raft))],
    ]),
  ];
}

function directory(path: string, children: readonly [string, Node][]): Node {
  return { ...file(path, ''), Children: Object.fromEntries(children) };
}

function file(path: string, value: string): Node {
  return {
    Path: path,
    CreatedIndex: 0,
    ModifiedIndex: 0,
    ExpireTime: NO_EXPIRY,
    Value: value,
    Children: null,
  };
}
