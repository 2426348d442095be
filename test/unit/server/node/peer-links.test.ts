import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import type { Member } from '../../../../src/server/membership/member.ts';
import { NO_TRANSPORT, PeerLinks } from '../../../../src/server/node/peer-links.ts';

const member = (id: bigint, ...peerURLs: string[]): Member => ({
  id,
  peerURLs,
  isLearner: false,
  name: '',
  clientURLs: [],
});

function observed() {
  const told: string[] = [];
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  const links = new PeerLinks(
    { cluster },
    {
      ...NO_TRANSPORT,
      addPeer: (id, urls) => told.push(`add ${id} ${urls.join()}`),
      updatePeer: (id, urls) => told.push(`update ${id} ${urls.join()}`),
      removePeer: (id) => told.push(`remove ${id}`),
    },
  );
  return { told, cluster, links };
}

describe('peer links', () => {
  it('founders that the log does not name yet -> connected to, and not again when it does', () => {
    const { told, cluster, links } = observed();
    links.begin([member(2n, 'http://b:1'), member(3n, 'http://c:1')]);
    cluster.add(member(1n, 'http://a:1'));
    cluster.add(member(2n, 'http://b:1'));
    links.sync();
    assert.deepEqual(told, ['add 2 http://b:1', 'add 3 http://c:1']);
  });

  it('members come, change and go -> the transport hears of each once, of the own one never', () => {
    const { told, cluster, links } = observed();
    cluster.add(member(1n, 'http://a:1'));
    links.begin([]);
    cluster.add(member(2n, 'http://b:1'));
    links.sync();
    cluster.updatePeerURLs(2n, ['http://b:2']);
    cluster.updatePeerURLs(1n, ['http://a:2']);
    links.sync();
    cluster.remove(2n);
    links.sync();
    links.sync();
    assert.deepEqual(told, ['add 2 http://b:1', 'update 2 http://b:2', 'remove 2']);
  });

  it('a founder that was removed since -> not connected to', () => {
    const { told, cluster, links } = observed();
    cluster.add(member(2n, 'http://b:1'));
    cluster.remove(2n);
    links.begin([member(2n, 'http://b:1')]);
    assert.deepEqual(told, []);
  });
});
