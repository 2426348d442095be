/** The ConfState row of bucket `meta`, as Go writes it: ids are bare 64-bit numbers. */
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import { ConfState } from '../../pb/index.ts';
import { MembershipError } from '../membership/errors.ts';
import { isDecimalId } from '../membership/member.ts';

const LISTS = ['voters', 'learners', 'votersOutgoing', 'learnersNext'] as const;
const JSON_NAMES = {
  voters: 'voters',
  learners: 'learners',
  votersOutgoing: 'voters_outgoing',
  learnersNext: 'learners_next',
} as const;

export function confStateJson(state: ConfState): Uint8Array {
  const fields = LISTS.filter((list) => state[list].length > 0).map(
    (list) => `"${JSON_NAMES[list]}":[${state[list].join(',')}]`,
  );
  fields.push(`"auto_leave":${state.autoLeave}`);
  return utf8Bytes(`{${fields.join(',')}}`);
}

/** Throws MembershipError when the row is not what {@link confStateJson} writes. */
export function parseConfState(json: Uint8Array): ConfState {
  const text = utf8Text(json) ?? '';
  // Quoting the numbers keeps all their digits; no string value of ours holds a bare number.
  const quoted = text.replace(/\d+/g, '"$&"');
  let raw: unknown;
  try {
    raw = JSON.parse(quoted);
  } catch (cause) {
    throw bad(text, cause);
  }
  if (typeof raw !== 'object' || raw === null) throw bad(text);
  const fields = raw as Record<string, unknown>;
  const state = ConfState.create({ autoLeave: fields['auto_leave'] === true });
  for (const list of LISTS) {
    const ids = fields[JSON_NAMES[list]] ?? [];
    if (!Array.isArray(ids) || !ids.every(isId)) throw bad(text);
    state[list] = ids.map((id) => BigInt(id));
  }
  return state;
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && isDecimalId(id);
}

function bad(text: string, cause?: unknown): MembershipError {
  return new MembershipError('MEMBERSHIP_BAD_JSON', `bad confState row: ${text}`, cause);
}
