/**
 * The quota: how large the state may get before this member has the cluster take no more, by an
 * alarm that is replicated and stays until someone disarms it.
 */
import type { MemberId } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { AlarmAction, AlarmRequest, AlarmType } from '../../pb/index.ts';
import type { Outcome } from '../apply/requests.ts';
import type { SpaceCheck } from '../apply/space-cost.ts';
import { humanBytes } from '../human-bytes.ts';
import type { Alarms } from '../membership/alarms.ts';

/** Above this etcd warns: a restart, or a member that needs all of it, takes long. */
const QUOTA_BYTES_RECOMMENDED = 8 * 1024 ** 3;

/** The member, as its quota sees it. */
export interface QuotaMember {
  readonly cluster: { readonly localId: MemberId };
  readonly size: { readonly totalBytes: number };
  readonly alarms: Pick<Alarms, 'has'>;
  propose(kind: 'alarm', request: AlarmRequest, done: (outcome: Outcome<'alarm'>) => void): void;
}

export class Quota implements SpaceCheck {
  /** Negative for no quota. */
  readonly bytes: number;
  readonly #member: QuotaMember;
  readonly #logger: Logger;

  /** Says in the log what is in force. */
  constructor(bytes: number, member: QuotaMember, logger: Logger) {
    this.bytes = bytes;
    this.#member = member;
    this.#logger = logger;
    logQuota(bytes, logger);
  }

  hasRoomFor(cost: number): boolean {
    return cost === 0 || this.bytes < 0 || this.#member.size.totalBytes + cost < this.bytes;
  }

  /** Raises the alarm of this member; `done` is called when it is, or could not be. */
  raiseAlarm(done: () => void): void {
    const { alarms, cluster } = this.#member;
    if (alarms.has(cluster.localId, AlarmType.NOSPACE)) {
      done();
      return;
    }
    const request = AlarmRequest.create({
      action: AlarmAction.ACTIVATE,
      memberID: cluster.localId,
      alarm: AlarmType.NOSPACE,
    });
    this.#member.propose('alarm', request, () => done());
  }

  /** The same for a request that was applied all the same. */
  raiseAlarmAfterApply(done: () => void): void {
    this.#logger.warn('message exceeded backend quota; raising alarm', {
      'quota-size-bytes': this.bytes,
      'quota-size': humanBytes(this.bytes),
    });
    this.raiseAlarm(done);
  }
}

function logQuota(bytes: number, logger: Logger): void {
  if (bytes < 0) {
    logger.info('disabled backend quota', { 'quota-size-bytes': bytes });
    return;
  }
  const fields = { 'quota-size-bytes': bytes, 'quota-size': humanBytes(bytes) };
  if (bytes > QUOTA_BYTES_RECOMMENDED) {
    logger.warn('quota exceeds the maximum value', {
      ...fields,
      'quota-maximum-size-bytes': QUOTA_BYTES_RECOMMENDED,
      'quota-maximum-size': humanBytes(QUOTA_BYTES_RECOMMENDED),
    });
  }
  logger.info('enabled backend quota', fields);
}
