/** `/health`: alarms, then a leader, then a read, in etcd's order and words (compat-facts 4). */
import type { ServerResponse } from 'node:http';
import { type AlarmMember, AlarmType } from '../../pb/index.ts';
import type { HealthCounters } from '../metrics/member-meters.ts';
import { plainText } from './plain-text.ts';

export interface HealthProbe {
  readonly hasLeader: boolean;
  readonly alarms: readonly AlarmMember[];
  readonly counters: HealthCounters;
  /** Reads one key; `done` gets why that failed, as clients are told, or nothing. */
  read(serializable: boolean, done: (failure: string | undefined) => void): void;
}

export function answerHealth(
  query: URLSearchParams,
  response: ServerResponse,
  probe: HealthProbe,
): void {
  const serializable = query.get('serializable') === 'true';
  const reason =
    alarmReason(probe.alarms, new Set(query.getAll('exclude'))) ??
    (serializable || probe.hasLeader ? undefined : 'RAFT NO LEADER');
  if (reason !== undefined) {
    unhealthy(response, probe, reason);
    return;
  }
  probe.read(serializable, (failure) => {
    if (failure !== undefined) unhealthy(response, probe, `RANGE ERROR:${failure}`);
    else healthy(response, probe);
  });
}

function alarmReason(
  alarms: readonly AlarmMember[],
  excluded: ReadonlySet<string>,
): string | undefined {
  const names = alarms.map((alarm) => alarmName(alarm.alarm)).filter((name) => !excluded.has(name));
  return names[0] === undefined ? undefined : `ALARM ${names[0]}`;
}

function alarmName(type: AlarmType): string {
  switch (type) {
    case AlarmType.NOSPACE:
      return 'NOSPACE';
    case AlarmType.CORRUPT:
      return 'CORRUPT';
    default:
      return 'UNKNOWN';
  }
}

function healthy(response: ServerResponse, { counters }: HealthProbe): void {
  counters.successes++;
  const body = healthJson('true', '');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

function unhealthy(response: ServerResponse, { counters }: HealthProbe, reason: string): void {
  counters.failures++;
  plainText(response, 503, `${healthJson('false', reason)}\n`);
}

function healthJson(health: 'true' | 'false', reason: string): string {
  return JSON.stringify({ health, reason });
}
