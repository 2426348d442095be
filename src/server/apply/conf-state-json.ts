/** The ConfState row of bucket `meta`, as Go writes it: ids are bare 64-bit numbers. */
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import { ConfState } from '../../pb/index.ts';
import { MembershipError } from '../membership/errors.ts';

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
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(quoted) as Record<string, unknown>;
  } catch (cause) {
    throw new MembershipError('MEMBERSHIP_BAD_JSON', `bad confState row: ${text}`, cause);
  }
  const state = ConfState.create({ autoLeave: raw['auto_leave'] === true });
  for (const list of LISTS) {
    const ids = raw[JSON_NAMES[list]] ?? [];
    if (!Array.isArray(ids)) {
      throw new MembershipError('MEMBERSHIP_BAD_JSON', `bad confState row: ${text}`);
    }
    state[list] = ids.map((id) => BigInt(String(id)));
  }
  return state;
}
