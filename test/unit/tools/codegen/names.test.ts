import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { propertyName, serviceName, typeName } from '../../../../tools/codegen/names.ts';

describe('names in generated code', () => {
  it('propertyName: camel case, acronyms at the start stay', () => {
    const names = {
      range_end: 'rangeEnd',
      member_ID: 'memberID',
      remaining_TTL: 'remainingTTL',
      NodeID: 'nodeID',
      Term: 'term',
      ID: 'ID',
      TTL: 'TTL',
      peerURLs: 'peerURLs',
    };
    for (const [proto, property] of Object.entries(names)) {
      assert.equal(propertyName(proto), property);
    }
  });

  it('typeName: the last part, unless another package has the same', () => {
    assert.equal(typeName('etcdserverpb.RangeRequest.SortOrder'), 'SortOrder');
    assert.equal(typeName('raftpb.Snapshot'), 'Snapshot');
    assert.equal(typeName('walpb.Snapshot'), 'WalSnapshot');
  });

  it('serviceName: apart from a message of the same name', () => {
    assert.equal(serviceName('etcdserverpb.Lease'), 'LeaseService');
  });
});
