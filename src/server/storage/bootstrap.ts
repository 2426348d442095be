/** Writes the first entries of a new member's log: one for each founder of the cluster. */
import { utf8Bytes } from '../../base/utf8.ts';
import { bootstrapLog } from '../../raft/index.ts';
import { encodeBatch, type LogWriter } from '../../wal/index.ts';
import { ServerError } from '../errors.ts';
import { clusterId } from '../membership/ids.ts';
import { hexId, type Member, memberJson } from '../membership/member.ts';
import type { OpenedStorage } from './open-storage.ts';

/**
 * The storage as it is when the bootstrap entries are on disk. Rejects with SERVER_START_REFUSED
 * when the log was made for another member than the founders name, with WalError when it cannot
 * be written.
 */
export function bootstrap(
  storage: OpenedStorage,
  founders: readonly Member[],
  log: LogWriter,
): Promise<OpenedStorage> {
  const { member, cluster } = storage;
  const ids = founders.map((founder) => founder.id);
  if (!ids.includes(member) || clusterId(ids) !== cluster) {
    const text = `the log belongs to member ${hexId(member)} of cluster ${hexId(cluster)}, which the initial cluster does not hold`;
    return Promise.reject(new ServerError('SERVER_START_REFUSED', text));
  }
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
