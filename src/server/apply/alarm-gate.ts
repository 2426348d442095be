/** What active alarms refuse (compat-facts 1.6). Alarms are replicated, so every member agrees. */
import { AlarmType, type InternalRaftRequest, type TxnRequest } from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import type { Alarms } from '../membership/alarms.ts';

/** The error to answer, or undefined when the request may be applied. */
export function alarmRefusal(
  request: InternalRaftRequest,
  alarms: Alarms,
): ServerError | undefined {
  if (alarms.isActive(AlarmType.CORRUPT) && isRefusedWhenCorrupt(request)) {
    return new ServerError('SERVER_CORRUPT', 'corrupt cluster');
  }
  if (alarms.isActive(AlarmType.NOSPACE) && takesSpace(request)) {
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

function takesSpace(request: InternalRaftRequest): boolean {
  return (
    request.put !== undefined ||
    request.leaseGrant !== undefined ||
    (request.txn !== undefined && holdsPut(request.txn))
  );
}

function holdsPut(txn: TxnRequest): boolean {
  return [...txn.success, ...txn.failure].some(
    (op) => op.requestPut !== undefined || (op.requestTxn !== undefined && holdsPut(op.requestTxn)),
  );
}
