/**
 * What the document of the v2 store in a .snap file tells (compat-facts 8): who the members were
 * at the snapshot, and whether clients had data in that store. `membership/v2-store-json.ts` writes
 * such documents.
 */
import type { MemberId } from '../../base/ids.ts';
import { utf8Text } from '../../base/utf8.ts';
import { ServerError } from '../errors.ts';
import type { Member } from '../membership/member.ts';
import type { Membership } from '../membership/stored-membership.ts';

export interface V2Store {
  readonly membership: Membership;
  /** Keys, users or roles of the v2 API, which there is none for any more. */
  readonly hasUserContent: boolean;
}

/** A node of the store: a folder if it has children, else a value. */
interface Node {
  readonly value: string;
  readonly children: ReadonlyMap<string, Node>;
}

/** Throws SERVER_START_REFUSED for anything that is not such a document. */
export function readV2Store(data: Uint8Array): V2Store {
  const root = nodeOf(fieldOf(parsed(utf8Text(data) ?? ''), 'Root'));
  const own = root.children.get('0')?.children;
  const members = own?.get('members')?.children ?? NO_NODES;
  const removed = own?.get('removed_members')?.children ?? NO_NODES;
  return {
    membership: {
      members: [...members].map(([id, node]) => memberOf(idOf(id), node)),
      removed: [...removed.keys()].map(idOf),
      version: own?.get('version')?.value,
      downgradeTarget: undefined,
    },
    hasUserContent: [...root.children].some(([name, node]) => isUserContent(name, node)),
  };
}

/** As etcd 3.6 sees it: folders that it has made itself, and that are empty, do not count. */
function isUserContent(name: string, { children }: Node): boolean {
  if (name === '0') return false;
  // Of v2 users and roles, two empty folders and a flag stay behind.
  if (name === '2') return [...children.values()].some((child) => child.children.size > 0);
  return children.size > 0;
}

function memberOf(id: MemberId, { children }: Node): Member {
  const raft = parsed(children.get('raftAttributes')?.value ?? '');
  // Missing until the member has told its name.
  const attributes = parsed(children.get('attributes')?.value ?? '{}');
  const name = fieldOf(attributes, 'name');
  return {
    id,
    peerURLs: textsOf(fieldOf(raft, 'peerURLs')),
    isLearner: fieldOf(raft, 'isLearner') === true,
    name: typeof name === 'string' ? name : '',
    clientURLs: textsOf(fieldOf(attributes, 'clientURLs')),
  };
}

const NO_NODES: ReadonlyMap<string, Node> = new Map();

/** Root, `0`, `members`, an id, its attributes: below, nothing is looked at, however deep it goes. */
const DEPTH_MAX = 4;

function nodeOf(raw: unknown, depth = 0): Node {
  const value = fieldOf(raw, 'Value');
  const children = fieldOf(raw, 'Children') ?? {};
  if (typeof value !== 'string' || typeof children !== 'object') throw bad();
  if (depth === DEPTH_MAX) return { value, children: NO_NODES };
  const nodes = Object.entries(children).map(
    ([name, child]) => [name, nodeOf(child, depth + 1)] as const,
  );
  return { value, children: new Map(nodes) };
}

function idOf(hex: string): MemberId {
  if (!/^[0-9a-f]{1,16}$/.test(hex)) throw bad();
  return BigInt(`0x${hex}`);
}

function textsOf(raw: unknown): string[] {
  const texts = raw ?? [];
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) throw bad();
  return texts;
}

/** Undefined for one that is missing or null. */
function fieldOf(raw: unknown, name: string): unknown {
  if (typeof raw !== 'object' || raw === null) throw bad();
  return (raw as Record<string, unknown>)[name] ?? undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw bad(cause);
  }
}

function bad(cause?: unknown): ServerError {
  const text = 'the newest .snap file does not say who the members are';
  return new ServerError('SERVER_START_REFUSED', text, cause);
}
