/** What members ask one another besides raft, over the simulated network. */
import type { LeaseId, MemberId } from '../../../src/base/ids.ts';
import type { LeaseInfo } from '../../../src/lease/index.ts';
import type { HashQuestion, RemoteHashes } from '../../../src/server/corruption/peer-hashes.ts';
import { ServerError } from '../../../src/server/errors.ts';
import type { Member } from '../../../src/server/membership/member.ts';
import type { MemberVersions } from '../../../src/server/membership/versions.ts';
import type { LeaderRequests } from '../../../src/server/node/leader-requests.ts';
import type { PeerHash, PeerServices } from '../../../src/server/peer/serve/peer-services.ts';
import type { FoundCluster, RemoteCluster } from '../../../src/server/storage/remote-cluster.ts';
import { ETCD_VERSION } from '../../../src/server/version.ts';
import type { Host, SimNetwork } from './sim-network.ts';

/** So long a request waits for what is committed to be applied. */
const APPLY_TIMEOUT_MS = 1000;

type Answer<T> = (services: PeerServices, host: Host) => T | Promise<T>;

export class PeerQuestions implements LeaderRequests, RemoteCluster, RemoteHashes {
  readonly #network: SimNetwork;
  readonly #host: Host;
  readonly #timeoutMs: number;

  /** `timeoutMs`: of a question to the leader, and for a hash. */
  constructor(network: SimNetwork, host: Host, timeoutMs: number) {
    this.#network = network;
    this.#host = host;
    this.#timeoutMs = timeoutMs;
  }

  renew(peerURLs: readonly string[], id: LeaseId): Promise<number> {
    return this.#askLeader(peerURLs, async ({ leases }, host) => {
      await applied(leases, host);
      return leases.renew(id);
    });
  }

  timeToLive(
    peerURLs: readonly string[],
    id: LeaseId,
    withKeys: boolean,
  ): Promise<LeaseInfo | undefined> {
    return this.#askLeader(peerURLs, async ({ leases }, host) => {
      await applied(leases, host);
      return leases.timeToLive(id, { withKeys });
    });
  }

  promote(peerURLs: readonly string[], id: MemberId): Promise<readonly Member[]> {
    return this.#askLeader(peerURLs, ({ membership }) => membership.promote(id, undefined));
  }

  cluster(peerURL: string, timeoutMs: number): Promise<FoundCluster> {
    return this.#ask([peerURL], timeoutMs, ({ membership }, { transport }) => {
      const members = membership.members();
      if (members.length === 0 || transport === undefined) throw unusable();
      return { id: transport.clusterId, members };
    });
  }

  versions(peerURL: string, timeoutMs: number): Promise<MemberVersions> {
    return this.#ask([peerURL], timeoutMs, ({ version }) => ({
      server: ETCD_VERSION,
      cluster: version.clusterVersion ?? 'not_decided',
    }));
  }

  isDowngrading(peerURL: string, timeoutMs: number): Promise<boolean> {
    return this.#ask([peerURL], timeoutMs, ({ downgradeEnabled }) => downgradeEnabled());
  }

  hashAt(peerURL: string, asked: HashQuestion): Promise<PeerHash> {
    return this.#ask([peerURL], this.#timeoutMs, ({ hashes }, { transport }) => {
      if (transport?.clusterId !== asked.cluster) throw unusable();
      return hashes.hashAt(asked.revision);
    });
  }

  #askLeader<T>(peerURLs: readonly string[], answer: Answer<T>): Promise<T> {
    return this.#ask(peerURLs, this.#timeoutMs, answer);
  }

  /** Has `answer` given by whoever is at the first of the URLs; rejects with its error, or without one. */
  #ask<T>(peerURLs: readonly string[], timeoutMs: number, answer: Answer<T>): Promise<T> {
    const network = this.#network;
    const from = this.#host;
    return new Promise((resolve, reject) => {
      const refuse = (): void => reject(unusable());
      const timer = from.time.after(timeoutMs, refuse);
      const to = network.hostAt(peerURLs[0] ?? '');
      if (to === undefined) return refuse();
      const { life } = from.time;
      const back = (act: () => void): void => {
        const heard = (): void => {
          timer.cancel();
          act();
        };
        network.post(to, from, heard, { once: true, life });
      };
      const asked = (): void => {
        const { services } = to;
        if (services === undefined) return back(refuse);
        new Promise<T>((given) => given(answer(services, to))).then(
          (value) => {
            // As it is now, not as it will be when it arrives.
            const copy = structuredClone(value);
            back(() => resolve(copy));
          },
          (error: Error) => back(() => reject(error)),
        );
      };
      const fate = network.post(from, to, asked, { once: true });
      if (fate === 'refused') from.time.defer(refuse);
    });
  }
}

/** Resolves when the member at `host` has caught up with what is committed; rejects if not in time. */
function applied(leases: PeerServices['leases'], host: Host): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = host.time.after(APPLY_TIMEOUT_MS, () => reject(unusable()));
    leases
      .whenApplied()
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

function unusable(): ServerError {
  return new ServerError('SERVER_NO_LEADER', 'there is no answer');
}
