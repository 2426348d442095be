/** Writes the first entries of a new member's log: one for each founder of the cluster. */
import { utf8Bytes } from '../../base/utf8.ts';
import { bootstrapLog } from '../../raft/index.ts';
import { encodeBatch, type LogWriter } from '../../wal/index.ts';
import { type Member, memberJson } from '../membership/member.ts';
import type { OpenedStorage } from './open-storage.ts';

/** The storage as it is when the bootstrap entries are on disk. */
export function bootstrap(
  storage: OpenedStorage,
  founders: readonly Member[],
  log: LogWriter,
): Promise<OpenedStorage> {
  const { entries, hardState } = bootstrapLog(
    founders.map((founder) => ({ id: founder.id, context: utf8Bytes(memberJson(founder)) })),
  );
  return new Promise((resolve, reject) => {
    log.append(encodeBatch(entries, hardState), (error) => {
      if (error === undefined) resolve({ ...storage, entries, hardState });
      else reject(error);
    });
  });
}
