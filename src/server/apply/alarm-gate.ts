/** What active alarms refuse (compat-facts 1.6). Alarms are replicated, so every member agrees. */
import { AlarmType, type InternalRaftRequest } from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import type { Alarms } from '../membership/alarms.ts';
import { spaceCost } from './space-cost.ts';

/** The error to answer, or undefined when the request may be applied. */
export function alarmRefusal(
  request: InternalRaftRequest,
  alarms: Alarms,
): ServerError | undefined {
  if (alarms.isActive(AlarmType.CORRUPT) && isRefusedWhenCorrupt(request)) {
    return new ServerError('SERVER_CORRUPT', 'corrupt cluster');
  }
  if (alarms.isActive(AlarmType.NOSPACE) && spaceCost(request) > 0) {
    return new ServerError('SERVER_NO_SPACE', 'database space exceeded');
  }
  return undefined;
}

function isRefusedWhenCorrupt(request: InternalRaftRequest): boolean {
  return (
    request.put !== undefined ||
    request.range !== undefined ||
    request.deleteRange !== undefined ||
    request.txn !== undefined ||
    request.compaction !== undefined ||
    request.leaseGrant !== undefined ||
    request.leaseRevoke !== undefined
  );
}
