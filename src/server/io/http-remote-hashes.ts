/** Asks members for their hashes over HTTP on their peer port (compat-facts 9: `/members/hashkv`). */
import { CorruptionError } from '../corruption/errors.ts';
import type { HashQuestion, RemoteHashes } from '../corruption/peer-hashes.ts';
import { hexId } from '../membership/member.ts';
import { type DialTls, PeerAgents } from '../peer/dial/peer-agents.ts';
import type { PeerHash } from '../peer/serve/peer-services.ts';
import { type PeerAnswer, peerAnswer } from './peer-answer.ts';

/** Of an answer that makes no sense, in the log; the rest is left out. */
const SHOWN_CHARACTERS_MAX = 200;

export class HttpRemoteHashes implements RemoteHashes {
  readonly #timeoutMs: number;
  /** One answer a connection: members are asked too seldom to keep any. */
  readonly #agents: PeerAgents;

  /** `timeoutMs`: of each request. `tls`: how to connect to `https` URLs. */
  constructor(timeoutMs: number, tls?: DialTls) {
    this.#timeoutMs = timeoutMs;
    this.#agents = new PeerAgents(tls);
  }

  async hashAt(peerURL: string, { cluster, revision }: HashQuestion): Promise<PeerHash> {
    const body = Buffer.from(JSON.stringify({ revision }));
    const headers = {
      'Content-Type': 'application/json',
      // Node tells the length of a body by itself, but not with GET.
      'Content-Length': String(body.length),
      'X-Etcd-Cluster-ID': hexId(cluster),
    };
    const timeoutMs = this.#timeoutMs;
    const asked = { peerURL, path: '/members/hashkv', method: 'GET', timeoutMs } as const;
    const answer = await peerAnswer({ ...asked, headers, body }, this.#agents);
    if (answer.status !== 200) throw refusal(answer);
    return peerHash(answer.body.toString());
  }

  /** Ends what is being asked. */
  close(): void {
    this.#agents.destroy();
  }
}

function refusal({ status, body }: PeerAnswer): CorruptionError {
  const text = body.toString();
  if (status === 400 && text.includes('mvcc: required revision has been compacted')) {
    const message = 'etcdserver: mvcc: required revision has been compacted';
    return new CorruptionError('CORRUPTION_PEER_COMPACTED', message);
  }
  if (status === 400 && text.includes('mvcc: required revision is a future revision')) {
    const message = 'etcdserver: mvcc: required revision is a future revision';
    return new CorruptionError('CORRUPTION_PEER_BEHIND', message);
  }
  if (status === 412 && text.includes('cluster ID mismatch')) {
    return new CorruptionError('CORRUPTION_OTHER_CLUSTER', 'etcdserver: cluster ID mismatch');
  }
  return noHash(text.slice(0, SHOWN_CHARACTERS_MAX));
}

/** Throws CORRUPTION_NO_HASH for what etcd does not write. */
function peerHash(json: string): PeerHash {
  const answer = fieldsOf(parsed(json));
  const number = (of: Readonly<Record<string, unknown>>, name: string): number => {
    // Go leaves out what is zero.
    const value = of[name] ?? 0;
    if (Number.isSafeInteger(value)) return value as number;
    throw noHash(`${name} is no integer`);
  };
  return {
    currentRevision: number(fieldsOf(answer['header'] ?? {}), 'revision'),
    hash: number(answer, 'hash'),
    compactRevision: number(answer, 'compact_revision'),
    hashRevision: number(answer, 'hash_revision'),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw noHash('no JSON');
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw noHash('no object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function noHash(text: string): CorruptionError {
  return new CorruptionError('CORRUPTION_NO_HASH', `unknown error: ${text}`);
}
