import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WalMetadata } from '../../../../src/pb/index.ts';
import { clusterId, memberId } from '../../../../src/server/membership/ids.ts';
import { hexId } from '../../../../src/server/membership/member.ts';

/** The head of a WAL of etcd 3.5.30, started without any flag. */
const ETCD_METADATA = Buffer.from('08cdd2918bd2b881cf8e0110b298eaf1948386fccd01', 'hex');

describe('ids', () => {
  it('MEMBERSHIP-I1: the default member -> the ids that etcd gives it', () => {
    const member = memberId(['http://localhost:2380'], 'etcd-cluster');
    const { nodeID, clusterID } = WalMetadata.decode(ETCD_METADATA);
    assert.equal(hexId(member), '8e9e05c52164694d');
    assert.equal(hexId(clusterId([member])), 'cdf818194e3a8c32');
    assert.deepEqual([member, clusterId([member])], [nodeID, clusterID]);
  });

  it('MEMBERSHIP-I1: the order of URLs and of members does not matter', () => {
    assert.equal(
      memberId(['http://b:1', 'http://a:1'], 't'),
      memberId(['http://a:1', 'http://b:1'], 't'),
    );
    assert.equal(clusterId([2n, 2n ** 63n, 1n]), clusterId([1n, 2n, 2n ** 63n]));
  });

  it('hexId: no padding, 64 bits', () => {
    assert.equal(hexId(0x0fn), 'f');
    assert.equal(hexId(-1n), 'ffffffffffffffff');
  });
});
