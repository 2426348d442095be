import type { AskVersions } from '../node/version-monitor.ts';
import { firstAnswer, type RemoteCluster } from './remote-cluster.ts';

/** Asks all members at once, each at its URLs one after the other. */
export function askVersionsOf(remote: RemoteCluster, timeoutMs: number): AskVersions {
  return (members, done) => {
    if (members.length === 0) {
      done([]);
      return;
    }
    const asked = members.map(async ({ peerURLs }) => {
      const versions = await firstAnswer(peerURLs, (url) => remote.versions(url, timeoutMs));
      return versions?.server;
    });
    // None of them rejects.
    void Promise.all(asked).then(done);
  };
}
