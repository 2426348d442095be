import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AlarmRequest,
  AlarmType,
  CompactionRequest,
  DeleteRangeRequest,
  InternalRaftRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import { alarmRefusal } from '../../../../src/server/apply/alarm-gate.ts';
import { Alarms } from '../../../../src/server/membership/alarms.ts';

const put = RequestOp.create({ requestPut: PutRequest.create({}) });
const range = RequestOp.create({ requestRange: RangeRequest.create({}) });
const nested = RequestOp.create({ requestTxn: TxnRequest.create({ failure: [put] }) });

/** What is refused while NOSPACE and while CORRUPT is on (compat-facts 1.6). */
const TABLE: [string, Partial<InternalRaftRequest>, boolean, boolean][] = [
  ['put', { put: PutRequest.create({}) }, true, true],
  ['delete', { deleteRange: DeleteRangeRequest.create({}) }, false, true],
  ['txn of ranges', { txn: TxnRequest.create({ success: [range] }) }, false, true],
  ['txn with a put', { txn: TxnRequest.create({ failure: [range, put] }) }, true, true],
  ['txn with a nested put', { txn: TxnRequest.create({ success: [nested] }) }, true, true],
  ['range', { range: RangeRequest.create({}) }, false, true],
  ['compaction', { compaction: CompactionRequest.create({}) }, false, true],
  ['lease grant', { leaseGrant: LeaseGrantRequest.create({}) }, true, true],
  ['lease revoke', { leaseRevoke: LeaseRevokeRequest.create({}) }, false, true],
  ['alarm', { alarm: AlarmRequest.create({}) }, false, false],
  ['cluster version', { clusterVersionSet: { ver: '3.6.0' } }, false, false],
];

describe('alarm gate', () => {
  for (const [name, fields, noSpace, corrupt] of TABLE) {
    it(`APPLY-I3: ${name} -> refused as etcd refuses it`, () => {
      const request = InternalRaftRequest.create(fields);
      const refusal = (type: AlarmType): string | undefined => {
        const alarms = new Alarms({ put: () => undefined, remove: () => undefined });
        alarms.activate(5n, type);
        return alarmRefusal(request, alarms)?.code;
      };
      assert.equal(refusal(AlarmType.NOSPACE), noSpace ? 'SERVER_NO_SPACE' : undefined);
      assert.equal(refusal(AlarmType.CORRUPT), corrupt ? 'SERVER_CORRUPT' : undefined);
    });
  }
});
