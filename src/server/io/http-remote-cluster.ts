/** Asks running members over HTTP on their peer port. */
import type { IncomingHttpHeaders } from 'node:http';
import { ServerError } from '../errors.ts';
import { parseMembers } from '../membership/member.ts';
import type { MemberVersions } from '../membership/versions.ts';
import { type DialTls, PeerAgents } from '../peer/dial/peer-agents.ts';
import type { FoundCluster, RemoteCluster } from '../storage/remote-cluster.ts';
import { peerAnswer } from './peer-answer.ts';

interface TextAnswer {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export class HttpRemoteCluster implements RemoteCluster {
  /** One answer a connection. */
  readonly #agents: PeerAgents;

  /** `tls`: how to connect to `https` URLs. */
  constructor(tls?: DialTls) {
    this.#agents = new PeerAgents(tls);
  }

  async cluster(peerURL: string, timeoutMs: number): Promise<FoundCluster> {
    const { body, headers } = await this.#get(peerURL, '/members', timeoutMs);
    const members = parseMembers(body).sort((a, b) => (a.id < b.id ? -1 : 1));
    const id = headers['x-etcd-cluster-id'];
    if (members.length === 0 || typeof id !== 'string' || !/^[0-9a-f]{1,16}$/i.test(id)) {
      throw unusable(`${peerURL} names no cluster`);
    }
    return { id: BigInt(`0x${id}`), members };
  }

  async versions(peerURL: string, timeoutMs: number): Promise<MemberVersions> {
    const { body } = await this.#get(peerURL, '/version', timeoutMs);
    const { etcdserver: server, etcdcluster: cluster } = JSON.parse(body) as Record<
      string,
      unknown
    >;
    if (typeof server !== 'string' || typeof cluster !== 'string') {
      throw unusable(`${peerURL} tells no versions`);
    }
    return { server, cluster };
  }

  async #get(peerURL: string, path: string, timeoutMs: number): Promise<TextAnswer> {
    const asked = { peerURL, path, method: 'GET', timeoutMs } as const;
    const { status, headers, body } = await peerAnswer(asked, this.#agents);
    if (status !== 200) throw unusable(`answered with status ${status}`);
    return { body: body.toString(), headers };
  }
}

function unusable(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
