/** Writes what the log of a new member begins with. */
import { utf8Bytes } from '../../base/utf8.ts';
import { type Entry, HardState } from '../../pb/index.ts';
import { bootstrapLog } from '../../raft/index.ts';
import { encodeBatch, type LogWriter } from '../../wal/index.ts';
import { ServerError } from '../errors.ts';
import { hexId, type Member, memberJson } from '../membership/member.ts';
import type { BootstrapPlan } from './bootstrap-plan.ts';
import type { OpenedStorage } from './open-storage.ts';

/**
 * The storage as it is when the beginning of the log is on disk: one entry for each founder of a
 * new cluster, none for a member that joins one. Rejects with SERVER_START_REFUSED when the log was
 * made for another member than planned, with WalError when it cannot be written.
 */
export function bootstrap(
  storage: OpenedStorage,
  plan: Pick<BootstrapPlan, 'member' | 'cluster' | 'founders'>,
  log: LogWriter,
): Promise<OpenedStorage> {
  const { member, cluster } = storage;
  if (plan.member !== member || plan.cluster !== cluster) {
    const text = `the log belongs to member ${hexId(member)} of cluster ${hexId(cluster)}, which the initial cluster does not hold`;
    return Promise.reject(new ServerError('SERVER_START_REFUSED', text));
  }
  const { entries, hardState } = plan.founders === undefined ? JOINING : founding(plan.founders);
  return new Promise((resolve, reject) => {
    log.append(encodeBatch(entries, hardState), (error) => {
      if (error === undefined) resolve({ ...storage, entries, hardState });
      else reject(error);
    });
  });
}

interface LogBeginning {
  readonly entries: Entry[];
  readonly hardState: HardState;
}

/**
 * Says that the log is begun: from now on flags say nothing. Nobody has voted in term 1, with which
 * every cluster starts.
 */
const JOINING: LogBeginning = { entries: [], hardState: HardState.create({ term: 1 }) };

function founding(founders: readonly Member[]): LogBeginning {
  return bootstrapLog(
    founders.map((founder) => ({ id: founder.id, context: utf8Bytes(memberJson(founder)) })),
  );
}
