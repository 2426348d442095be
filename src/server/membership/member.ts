/**
 * A cluster member and its JSON form, which etcd uses in raft conf-change contexts, in the
 * `members` bucket and on the peer port (compat-facts 6 and 9). The id is a bare 64-bit
 * number there, so ordinary JSON numbers would lose digits.
 */
import type { MemberId } from '../../base/ids.ts';
import { MembershipError } from './errors.ts';

export interface Member {
  readonly id: MemberId;
  readonly peerURLs: readonly string[];
  readonly isLearner: boolean;
  /** Empty until the member has published itself or was named by the initial cluster. */
  readonly name: string;
  readonly clientURLs: readonly string[];
}

/** Lowercase hex without padding: the text form of every id. */
export function hexId(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16);
}

const ID_MAX = (1n << 64n) - 1n;
const DIGITS_MAX = String(ID_MAX).length;

/** Whether the text is a 64-bit number in decimal, as ids are written in JSON. */
export function isDecimalId(text: string): boolean {
  return text.length <= DIGITS_MAX && /^\d+$/.test(text) && BigInt(text) <= ID_MAX;
}

/** Member JSON with Go's field order, empty optional fields left out and HTML characters escaped. */
export function memberJson(member: Member): string {
  const fields = [`"id":${BigInt.asUintN(64, member.id)}`, `"peerURLs":${goJson(member.peerURLs)}`];
  if (member.isLearner) fields.push('"isLearner":true');
  if (member.name !== '') fields.push(`"name":${goJson(member.name)}`);
  if (member.clientURLs.length > 0) fields.push(`"clientURLs":${goJson(member.clientURLs)}`);
  return `{${fields.join(',')}}`;
}

/** The context of a change of peer URLs, which leaves everything else as it is. */
export function updateJson(id: MemberId, peerURLs: readonly string[]): string {
  return memberJson({ id, peerURLs, isLearner: false, name: '', clientURLs: [] });
}

/** The context of a change that makes a voter of a learner. */
export function promoteJson(id: MemberId): string {
  return `{"id":${BigInt.asUintN(64, id)},"peerURLs":null,"isPromote":true}`;
}

/** JSON as Go's encoder writes it: `<`, `>`, `&` and the two line separators become \u escapes. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A conf change's context: a member, with `isPromote` when a learner becomes a voter. */
export interface ConfChangeContext extends Member {
  readonly isPromote: boolean;
}

/** Parses {@link memberJson} output, etcd's own included. Throws MembershipError on anything else. */
export function parseMember(json: string): ConfChangeContext {
  return memberOf(parseJson(json), json);
}

/** Parses a list of members, as the peer port gives it. Throws MembershipError on anything else. */
export function parseMembers(json: string): Member[] {
  const raw = parseJson(json);
  if (!Array.isArray(raw)) throw badMember(json);
  return raw.map((item) => plain(memberOf(item, json)));
}

/** The member without what a conf-change context may carry beside it. */
export function plain({ id, peerURLs, isLearner, name, clientURLs }: Member): Member {
  return { id, peerURLs, isLearner, name, clientURLs };
}

function parseJson(json: string): unknown {
  try {
    // Inside a JSON string a quote is escaped, so this pattern only meets the field itself.
    return JSON.parse(json.replace(/"id"\s*:\s*(\d+)/g, '"id":"$1"'));
  } catch (cause) {
    throw new MembershipError(
      'MEMBERSHIP_BAD_JSON',
      `member JSON cannot be parsed: ${json}`,
      cause,
    );
  }
}

function memberOf(raw: unknown, json: string): ConfChangeContext {
  if (typeof raw !== 'object' || raw === null) throw badMember(json);
  const fields = raw as Record<string, unknown>;
  const id = fields['id'];
  if (typeof id !== 'string' || !isDecimalId(id)) throw badMember(json);
  return {
    id: BigInt(id),
    peerURLs: stringList(fields['peerURLs'], json),
    isLearner: fields['isLearner'] === true,
    name: typeof fields['name'] === 'string' ? fields['name'] : '',
    clientURLs: stringList(fields['clientURLs'], json),
    isPromote: fields['isPromote'] === true,
  };
}

function stringList(value: unknown, json: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw badMember(json);
  }
  return value;
}

function badMember(json: string): MembershipError {
  return new MembershipError('MEMBERSHIP_BAD_JSON', `not a member: ${json}`);
}
