/**
 * Alarms that members have raised, replicated through the log and kept in bucket `alarm`:
 * key = encoded AlarmMember, no value.
 */

import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { MemberId } from '../../base/ids.ts';
import { type Backend, Bucket } from '../../base/ports/backend.ts';
import type { BucketWriter } from '../../base/ports/bucket-writer.ts';
import { AlarmMember, AlarmType } from '../../pb/index.ts';
import { allRows } from './stored-membership.ts';

export class Alarms {
  readonly #writer: BucketWriter;
  /** In the order of type, then member. */
  readonly #active = new Map<string, AlarmMember>();

  constructor(writer: BucketWriter) {
    this.#writer = writer;
  }

  /** Active alarms of `type`; NONE asks for all. */
  list(type: AlarmType): AlarmMember[] {
    return [...this.#active.values()]
      .filter((alarm) => type === AlarmType.NONE || alarm.alarm === type)
      .sort((a, b) => a.alarm - b.alarm || (a.memberID < b.memberID ? -1 : 1));
  }

  has(member: MemberId, type: AlarmType): boolean {
    return this.#active.has(name({ memberID: member, alarm: type }));
  }

  /** Whether any member has raised it. */
  isActive(type: AlarmType): boolean {
    for (const alarm of this.#active.values()) if (alarm.alarm === type) return true;
    return false;
  }

  activate(member: MemberId, type: AlarmType): AlarmMember {
    const alarm = AlarmMember.create({ memberID: member, alarm: type });
    if (!this.#active.has(name(alarm))) {
      this.#active.set(name(alarm), alarm);
      this.#writer.put(Bucket.alarm, AlarmMember.encode(alarm), EMPTY_BYTES);
    }
    return alarm;
  }

  /** Clears one alarm; undefined when it was not active. */
  deactivate(member: MemberId, type: AlarmType): AlarmMember | undefined {
    const alarm = this.#active.get(name({ memberID: member, alarm: type }));
    if (alarm === undefined) return undefined;
    this.#active.delete(name(alarm));
    this.#writer.remove(Bucket.alarm, AlarmMember.encode(alarm));
    return alarm;
  }

  async restore(backend: Backend): Promise<void> {
    for (const row of await allRows(backend, Bucket.alarm)) {
      const alarm = AlarmMember.decode(row.key);
      this.#active.set(name(alarm), alarm);
    }
  }
}

function name(alarm: { memberID: MemberId; alarm: AlarmType }): string {
  return `${alarm.alarm}/${alarm.memberID}`;
}
