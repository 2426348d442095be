/** The rows of all buckets but `key`: each must be one that a start can read. */
import { readU64Be } from '../../../base/bytes.ts';
import { CodedError } from '../../../base/coded-error.ts';
import { utf8Text } from '../../../base/utf8.ts';
import { readRevisionKey } from '../../../mvcc/index.ts';
import { AlarmMember, AlarmType, Lease, Role, User } from '../../../pb/index.ts';
import { parseConfState } from '../../apply/conf-state-json.ts';
import { parseDowngrade } from '../../membership/downgrade.ts';
import { hexId, type Member, parseMember } from '../../membership/member.ts';
import { parseVersion } from '../../membership/versions.ts';
import type { DatabaseRow, DatabaseSource } from '../database-source.ts';
import { hex, shown } from './check-history.ts';
import type { Findings } from './findings.ts';

export interface SmallFacts {
  /** Index and term of the last entry that is in the state; 0 when not stored. */
  consistentIndex: number;
  term: number;
  /** Who votes; undefined when not stored (etcd before 3.5). */
  voters: readonly bigint[] | undefined;
  storageVersion: string | undefined;
  clusterVersion: string | undefined;
  scheduledCompactRev: number | undefined;
  finishedCompactRev: number | undefined;
  readonly members: Map<bigint, Member>;
  leases: number;
  alarms: number;
  users: number;
  roles: number;
}

/** Says why a row is wrong by throwing a {@link BadRow}. */
type CheckRow = (row: DatabaseRow, facts: SmallFacts) => void;

class BadRow extends CodedError<'BAD_ROW'> {
  constructor(message: string) {
    super('BAD_ROW', message);
  }
}

export async function checkSmallRows(
  source: DatabaseSource,
  findings: Findings,
  yieldTurn: () => Promise<void>,
): Promise<SmallFacts> {
  const facts: SmallFacts = {
    consistentIndex: 0,
    term: 0,
    voters: undefined,
    storageVersion: undefined,
    clusterVersion: undefined,
    scheduledCompactRev: undefined,
    finishedCompactRev: undefined,
    members: new Map(),
    leases: 0,
    alarms: 0,
    users: 0,
    roles: 0,
  };
  for (const bucket of Object.keys(CHECKS)) {
    await findings.of(bucket, async () => {
      for await (const rows of source.rows(bucket)) {
        for (const row of rows) checkRow(bucket, row, { facts, findings });
        await yieldTurn();
      }
    });
  }
  return facts;
}

function checkRow(
  name: string,
  row: DatabaseRow,
  { facts, findings }: { facts: SmallFacts; findings: Findings },
): void {
  try {
    CHECKS[name]?.(row, facts);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    findings.add(`${name}/${rowName(name, row.key)}`, error.message);
  }
}

/** Keys that are text are shown as it. */
function rowName(bucket: string, key: Uint8Array): string {
  return bucket === 'lease' || bucket === 'alarm' ? hex(key) : (utf8Text(key) ?? hex(key));
}

const CHECKS: Readonly<Record<string, CheckRow>> = {
  alarm: ({ key }, facts) => {
    const { alarm } = AlarmMember.decode(key);
    if (alarm !== AlarmType.NOSPACE && alarm !== AlarmType.CORRUPT)
      throw new BadRow(`no alarm of type ${alarm} is known`);
    facts.alarms++;
  },
  auth: ({ key, value }) => {
    const name = utf8Text(key);
    if (name === 'authEnabled' && value.length !== 1) throw new BadRow('not a byte');
    if (name === 'authRevision') counter(value);
  },
  authRoles: ({ key, value }, facts) => {
    named(key, Role.decode(value).name);
    facts.roles++;
  },
  authUsers: ({ key, value }, facts) => {
    named(key, User.decode(value).name);
    facts.users++;
  },
  cluster: ({ key, value }, facts) => {
    const name = utf8Text(key);
    if (name === 'clusterVersion') facts.clusterVersion = version(value);
    if (name === 'downgrade') parseDowngrade(text(value));
  },
  lease: ({ key, value }, facts) => {
    const { ID, TTL } = Lease.decode(value);
    if (hex(key) !== hexId(ID).padStart(16, '0')) throw new BadRow(`it is lease ${hexId(ID)}`);
    if (TTL < 1) throw new BadRow(`a TTL of ${TTL} s`);
    facts.leases++;
  },
  members: ({ key, value }, facts) => {
    const member = parseMember(text(value));
    if (hexId(member.id) !== utf8Text(key)) throw new BadRow(`it is member ${hexId(member.id)}`);
    facts.members.set(member.id, member);
  },
  members_removed: ({ key }) => {
    if (!/^[0-9a-f]{1,16}$/.test(text(key))) throw new BadRow('not the id of a member');
  },
  meta: ({ key, value }, facts) => {
    META_CHECKS[utf8Text(key) ?? '']?.(value, facts);
  },
};

const META_CHECKS: Readonly<Record<string, (value: Uint8Array, facts: SmallFacts) => void>> = {
  consistent_index: (value, facts) => {
    facts.consistentIndex = counter(value);
  },
  term: (value, facts) => {
    facts.term = counter(value);
  },
  confState: (value, facts) => {
    facts.voters = parseConfState(value).voters;
  },
  storageVersion: (value, facts) => {
    facts.storageVersion = version(value);
  },
  scheduledCompactRev: (value, facts) => {
    facts.scheduledCompactRev = readRevisionKey(value).main;
  },
  finishedCompactRev: (value, facts) => {
    facts.finishedCompactRev = readRevisionKey(value).main;
  },
};

function counter(value: Uint8Array): number {
  const number = value.length === 8 ? readU64Be(value, 0) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new BadRow(`not a counter: ${hex(value)}`);
  return number;
}

function text(value: Uint8Array): string {
  const decoded = utf8Text(value);
  if (decoded === undefined) throw new BadRow('not a text');
  return decoded;
}

function version(value: Uint8Array): string {
  const found = text(value);
  if (parseVersion(found) === undefined)
    throw new BadRow(`not a version: ${JSON.stringify(found)}`);
  return found;
}

function named(key: Uint8Array, name: Uint8Array): void {
  if (hex(key) !== hex(name)) throw new BadRow(`it is ${shown(name)}`);
}
