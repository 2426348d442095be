/** A report as text, and as JSON. */
import { hexId } from '../../membership/member.ts';
import type { CheckReport, StateFacts } from './check-data-dir.ts';
import type { LogFacts } from './check-log.ts';
import type { Finding } from './findings.ts';

export function reportText({ paths, findings, state, log }: CheckReport): string {
  const { wrong, notes, leftOut, count } = findings;
  const lines = [
    `${paths.dataDir}: ${state === undefined ? 'unknown layout' : `layout of ${state.layout}`}`,
    ...(log === undefined ? [] : [logText(log)]),
    ...(state === undefined ? [] : [stateText(state)]),
    ...notes.map((note) => `note: ${findingText(note)}`),
    ...wrong.map((finding) => `WRONG: ${findingText(finding)}`),
    ...(leftOut === 0 ? [] : [`and ${leftOut} more`]),
    count === 0 ? 'ok' : `${count} ${count === 1 ? 'thing is' : 'things are'} wrong`,
  ];
  return `${lines.join('\n')}\n`;
}

function findingText({ where, what }: Finding): string {
  return `${where}: ${what}`;
}

function logText({ member, cluster, snapshot, lastIndex, hardState }: LogFacts): string {
  const who = `member ${hexId(member)} of cluster ${hexId(cluster)}`;
  const entries = `snapshot at entry ${snapshot.index}, last entry ${lastIndex}`;
  return `log: ${who}, ${entries}, committed ${hardState.commit}, term ${hardState.term}`;
}

function stateText({ history, rows }: StateFacts): string {
  const { consistentIndex, finishedCompactRev, members, leases, alarms, users } = rows;
  const keys =
    history === undefined
      ? ''
      : `, revision ${history.revision}, ${history.liveKeys} keys, ${history.rows} rows`;
  const compacted = finishedCompactRev === undefined ? '' : `, compacted at ${finishedCompactRev}`;
  const small = `${leases} leases, ${alarms} alarms, ${users} users, ${members.size} members`;
  return `state: entry ${consistentIndex}${keys}${compacted}, ${small}`;
}

export function reportJson({ paths, findings, state, log }: CheckReport): string {
  const { wrong, notes, leftOut, count } = findings;
  const report = {
    dataDir: paths.dataDir,
    ok: count === 0,
    layout: state?.layout,
    wrong,
    leftOut,
    notes,
    log: log === undefined ? undefined : logJson(log),
    state: state === undefined ? undefined : stateJson(state),
  };
  return `${JSON.stringify(report)}\n`;
}

function logJson({ member, cluster, snapshot, lastIndex, hardState }: LogFacts): unknown {
  return {
    memberId: hexId(member),
    clusterId: hexId(cluster),
    snapshotIndex: snapshot.index,
    lastIndex,
    commit: hardState.commit,
    term: hardState.term,
  };
}

function stateJson({ history, rows }: StateFacts): unknown {
  const { members, voters, ...facts } = rows;
  return {
    ...facts,
    members: [...members.keys()].map(hexId),
    voters: voters?.map(hexId),
    revision: history?.revision,
    keys: history?.liveKeys,
    rows: history?.rows,
  };
}
