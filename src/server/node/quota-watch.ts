/**
 * Warns in the log while there is still time: when the state comes near to the quota, with what
 * takes the space and what helps.
 */
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import type { MemberView } from '../api/member-view.ts';
import { humanBytes } from '../human-bytes.ts';
import { printableBytes } from '../printable-bytes.ts';
import { LargestPrefixes, type PrefixShare } from './largest-prefixes.ts';

/** Parts of the quota at which a warning is due, in percent. */
export const WARNING_PERCENTS = [80, 95] as const;
/** A warning is due again only after the size was so much below its mark, in percent of the quota. */
const HYSTERESIS_PERCENT = 5;
/** As often as the size is measured. */
const LOOK_MS = 5000;
/** When more than this part of the files is of removed rows, a defragmentation helps. */
const FREE_SHARE = 0.2;
/** When more than this part of the rows is history, a compaction does. */
const HISTORY_SHARE = 0.2;

type QuotaWatched = Pick<MemberView, 'size' | 'quota'> & {
  readonly store: Pick<MemberView['store'], 'rowBytes' | 'walkKeySizes'>;
};

export interface QuotaWatchPorts {
  readonly member: QuotaWatched;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

export class QuotaWatch {
  readonly #ports: QuotaWatchPorts;
  /** Marks that were warned of. */
  readonly #warned = new Set<number>();
  #timer: Timer | undefined;
  #isWalking = false;
  #isStopped = false;

  constructor(ports: QuotaWatchPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#look();
    this.#timer = this.#ports.scheduler.every(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #look(): void {
    const { quota, size } = this.#ports.member;
    if (this.#isWalking || quota.bytes < 0) return;
    const percent = (size.totalBytes / quota.bytes) * 100;
    let crossed: number | undefined;
    for (const mark of WARNING_PERCENTS) {
      if (percent < mark - HYSTERESIS_PERCENT) this.#warned.delete(mark);
      if (percent < mark || this.#warned.has(mark)) continue;
      this.#warned.add(mark);
      crossed = mark;
    }
    if (crossed !== undefined) void this.#warn(crossed);
  }

  async #warn(mark: number): Promise<void> {
    const { member, logger } = this.#ports;
    const { store, size, quota } = member;
    const prefixes = new LargestPrefixes();
    this.#isWalking = true;
    try {
      await store.walkKeySizes((keyStart, rowBytes) => prefixes.add(keyStart, rowBytes));
    } catch (error) {
      logger.warn('cannot tell which keys take the space', { error });
    }
    this.#isWalking = false;
    if (this.#isStopped) return;
    logger.warn(`database size has reached ${mark} % of the quota`, {
      ...sizeFields(size, quota.bytes),
      'largest-prefixes': prefixes.largest().map(prefixFields),
      hint: hint(size, { liveBytes: prefixes.bytes, rowBytes: store.rowBytes }),
    });
  }
}

function sizeFields({ totalBytes, inUseBytes }: MemberView['size'], quotaBytes: number): LogFields {
  return {
    'current-db-size-bytes': totalBytes,
    'current-db-size': humanBytes(totalBytes),
    'current-db-size-in-use-bytes': inUseBytes,
    'current-db-size-in-use': humanBytes(inUseBytes),
    'quota-size-bytes': quotaBytes,
    'quota-size': humanBytes(quotaBytes),
  };
}

function prefixFields({ prefix, isRest, keys, bytes }: PrefixShare): LogFields {
  const text = printableBytes(prefix);
  return { prefix: isRest ? `${text}* (others)` : text, keys, bytes, size: humanBytes(bytes) };
}

function hint(
  { totalBytes, inUseBytes }: MemberView['size'],
  { liveBytes, rowBytes }: { liveBytes: number; rowBytes: number },
): string {
  const freeBytes = totalBytes - inUseBytes;
  if (freeBytes > FREE_SHARE * totalBytes) {
    return `defragment this member: some ${humanBytes(freeBytes)} belong to removed rows`;
  }
  const historyBytes = rowBytes - liveBytes;
  if (historyBytes > HISTORY_SHARE * rowBytes) {
    const part = Math.round((historyBytes / rowBytes) * 100);
    return `compact, then defragment: ${part} % of the data is history (see --auto-compaction-retention)`;
  }
  return 'delete keys, then compact and defragment; or raise --quota-backend-bytes on all members';
}
