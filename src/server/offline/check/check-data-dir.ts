/**
 * Whether all of a stopped member's data is sound: the log, the .snap files, the state, and that
 * they belong together. What a start refuses is wrong here, too, and more is: a start looks at
 * what it needs.
 */

import { CodedError } from '../../../base/coded-error.ts';
import type { LogIndex } from '../../../base/ids.ts';
import { loadMeta } from '../../../mvcc/index.ts';
import { checkServerVersion, checkStorageVersion } from '../../check-version.ts';
import { hexId } from '../../membership/member.ts';
import { ReceivedImages } from '../../snapshot-image/received-images.ts';
import { checkTogether } from '../../storage/check-together.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import { OfflineError } from '../errors.ts';
import { openStoppedState, type StoppedPorts, type StoppedState } from '../open-data-dir.ts';
import { checkHistory, type HistoryFacts } from './check-history.ts';
import { checkLog, type LogFacts } from './check-log.ts';
import { checkPages } from './check-pages.ts';
import { checkSmallRows, type SmallFacts } from './check-small-rows.ts';
import { Findings } from './findings.ts';

export interface CheckPorts extends StoppedPorts {
  readonly yieldTurn: () => Promise<void>;
  /** Told from time to time how many rows of the history have been looked at. */
  readonly onProgress: (rows: number) => void;
}

export interface CheckReport {
  readonly paths: DataDirPaths;
  readonly findings: Findings;
  /** Undefined when the state could not be opened. */
  readonly state: StateFacts | undefined;
  /** Undefined when the log could not be read. */
  readonly log: LogFacts | undefined;
}

export interface StateFacts {
  readonly layout: StoppedState['layout'];
  readonly history: HistoryFacts | undefined;
  readonly rows: SmallFacts;
}

/**
 * Changes nothing but what opening LevelDB does, which begins a new log and manifest of its own.
 * Rejects with OFFLINE_REFUSED when it is in use, or holds no member's state; all else that is wrong is in the report.
 */
export async function checkDataDir(paths: DataDirPaths, ports: CheckPorts): Promise<CheckReport> {
  const findings = new Findings();
  const opened = await openedState(paths, ports, findings);
  try {
    const log = await checkLog(paths, ports.files, findings);
    const state = opened === undefined ? undefined : await checkState(opened, ports, findings);
    if (log !== undefined && state !== undefined) {
      await checkFit(log, state, { paths, ports, findings });
    }
    return { paths, findings, state, log };
  } finally {
    await opened?.close();
  }
}

/** A state that cannot be opened is a finding; one that is in use, or none, is no use to check. */
async function openedState(
  paths: DataDirPaths,
  ports: CheckPorts,
  findings: Findings,
): Promise<StoppedState | undefined> {
  try {
    return await openStoppedState(paths, ports);
  } catch (error) {
    if (error instanceof OfflineError || !(error instanceof CodedError)) throw error;
    const hasOwn = ports.files.stat(paths.kv) !== undefined;
    findings.add(hasOwn ? paths.kv : paths.database, error.message);
    return undefined;
  }
}

async function checkState(
  opened: StoppedState,
  ports: CheckPorts,
  findings: Findings,
): Promise<StateFacts> {
  const { layout, paths } = opened;
  const { yieldTurn } = ports;
  if (opened.layout === 'etcd')
    await findings.of(paths.database, () => checkPages(opened.file, yieldTurn));
  else await findings.of(paths.kv, () => loadMeta(opened.backend));
  const rows = await checkSmallRows(opened.source, findings, yieldTurn);
  const floor = floorOf(rows, findings);
  const history = await findings.of('key', () =>
    checkHistory(opened.source, floor, { ...ports, findings }),
  );
  if (layout === 'etcd-ts') {
    const alone = rows.members.size === 1;
    const version = rows.clusterVersion;
    await findings.of('cluster/clusterVersion', () => checkServerVersion(version, alone));
    await findings.of('meta/storageVersion', () => checkStorageVersion(rows.storageVersion));
  }
  checkMembers(rows, findings);
  return { layout, history, rows };
}

function floorOf(
  { scheduledCompactRev: scheduled, finishedCompactRev: finished }: SmallFacts,
  findings: Findings,
): number | undefined {
  if (finished !== undefined && (scheduled === undefined || scheduled < finished)) {
    const text = `a compaction at ${finished} has ended, but none was begun after ${scheduled ?? 'none'}`;
    findings.add('meta/finishedCompactRev', text);
  }
  if (scheduled === undefined || finished === undefined) return scheduled ?? finished;
  return Math.max(scheduled, finished);
}

/** Who votes are the members that are no learners. */
function checkMembers({ voters, members, consistentIndex }: SmallFacts, findings: Findings): void {
  if (voters === undefined || consistentIndex === 0) return;
  const full = [...members.values()].filter(({ isLearner }) => !isLearner).map(({ id }) => id);
  const missing = voters.filter((id) => !full.includes(id));
  const surplus = full.filter((id) => !voters.includes(id));
  for (const id of missing) findings.note('members', `${hexId(id)} votes, but is no member`);
  for (const id of surplus) findings.note('members', `${hexId(id)} is a member, but does not vote`);
}

/** Whether log and state belong together, as a start asks it. */
async function checkFit(
  log: LogFacts,
  { rows }: StateFacts,
  context: { paths: DataDirPaths; ports: CheckPorts; findings: Findings },
): Promise<void> {
  const { paths, ports, findings } = context;
  const { consistentIndex: index, term, members } = rows;
  const { snapshot, lastIndex: last } = log;
  const received = new ReceivedImages(paths.snapshots, ports.files);
  if (index < snapshot.index && received.has(snapshot.index)) {
    await checkReceived(received, snapshot.index, context);
  } else {
    const text = 'meta/consistent_index';
    await findings.of(text, () => checkTogether(index, { begins: snapshot.index, last }));
  }
  const logTerm = log.termAt(index);
  if (term !== 0 && logTerm !== undefined && logTerm !== term) {
    const text = `entry ${index} is of term ${logTerm} in the log, of term ${term} in the state`;
    findings.add('meta/term', text);
  }
  const isLeftOut = members.size > 0 && !members.has(log.member);
  if (isLeftOut) findings.note('members', `${hexId(log.member)}, whose log this is, is none`);
}

/** The state of another member, which a crash kept from becoming this one's: a start will do it. */
async function checkReceived(
  received: ReceivedImages,
  index: LogIndex,
  { paths, ports, findings }: { paths: DataDirPaths; ports: CheckPorts; findings: Findings },
): Promise<void> {
  const where = `${paths.snapshots}, image of entry ${index}`;
  await findings.of(where, async () => {
    const image = received.open(index);
    try {
      if (image.facts.index !== index)
        findings.add(where, `it is that of entry ${image.facts.index}`);
      await checkPages(image.file, ports.yieldTurn);
    } finally {
      image.close();
    }
  });
  findings.note(where, 'a start makes it the state');
}
