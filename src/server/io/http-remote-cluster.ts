/** Asks running members over HTTP on their peer port. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { parseMemberUrl } from '../config/member-url.ts';
import { ServerError } from '../errors.ts';
import { parseMembers } from '../membership/member.ts';
import type { MemberVersions } from '../membership/versions.ts';
import type { FoundCluster, RemoteCluster } from '../storage/remote-cluster.ts';

/** Bytes of an answer; a longer one is none. */
export const remoteAnswerBytesMax = 1024 * 1024;

interface Answer {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export class HttpRemoteCluster implements RemoteCluster {
  readonly #tls: RequestOptions;

  /** `tls`: how to connect to `https` URLs. */
  constructor(tls: RequestOptions = {}) {
    this.#tls = tls;
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

  async isDowngrading(peerURL: string, timeoutMs: number): Promise<boolean> {
    const { body } = await this.#get(peerURL, '/downgrade/enabled', timeoutMs);
    if (body !== 'true' && body !== 'false') throw unusable(`${peerURL} tells of no downgrade`);
    return body === 'true';
  }

  #get(peerURL: string, path: string, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = this.#request(peerURL, path, signal);
      request.on('error', reject);
      request.on('response', (response) => {
        collected(response).then((body) => resolve({ body, headers: response.headers }), reject);
      });
      request.end();
    });
  }

  #request(peerURL: string, path: string, signal: AbortSignal): ClientRequest {
    const url = parseMemberUrl(peerURL);
    const isTls = url.scheme === 'https' || url.scheme === 'unixs';
    const where = 'host' in url ? { host: url.host, port: url.port } : { socketPath: url.path };
    // One answer a connection: nothing here is asked twice.
    const options = { ...where, path, signal, agent: false };
    return isTls ? httpsRequest({ ...this.#tls, ...options }) : httpRequest(options);
  }
}

async function collected(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > remoteAnswerBytesMax) {
      response.destroy();
      throw unusable('the answer is too long');
    }
    chunks.push(chunk as Buffer);
  }
  if (response.statusCode !== 200) throw unusable(`answered with status ${response.statusCode}`);
  return Buffer.concat(chunks).toString();
}

function unusable(message: string): ServerError {
  return new ServerError('SERVER_START_REFUSED', message);
}
