/** Asks the leader over its peer port for what only it can answer. */
import type { LeaseId, MemberId } from '../../base/ids.ts';
import { LeaseError, type LeaseInfo } from '../../lease/index.ts';
import {
  LeaseInternalRequest,
  LeaseInternalResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveRequest,
} from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import { MembershipError } from '../membership/errors.ts';
import { type Member, parseMembers } from '../membership/member.ts';
import type { LeaderRequests } from '../node/leader-requests.ts';
import { type DialTls, PeerAgents } from '../peer/dial/peer-agents.ts';
import { type PeerAnswer, peerAnswer } from './peer-answer.ts';

/** Connections to a leader; more requests wait for one. */
const CONNECTIONS_MAX = 8;
/** A member closes a connection that was silent for 5 s; a request must not meet that moment. */
const IDLE_MS = 4000;

const PROTOBUF = { 'Content-Type': 'application/protobuf' };

export class HttpLeaderRequests implements LeaderRequests {
  readonly #timeoutMs: number;
  readonly #agents: PeerAgents;

  /** `timeoutMs`: of each request. `tls`: how to connect to `https` URLs. */
  constructor(timeoutMs: number, tls?: DialTls) {
    this.#timeoutMs = timeoutMs;
    const pool = { keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: IDLE_MS };
    this.#agents = new PeerAgents(tls, pool);
  }

  async renew(peerURLs: readonly string[], ID: LeaseId): Promise<number> {
    const body = LeaseKeepAliveRequest.encode({ ID });
    const answer = await this.#posted(peerURLs, '/leases', body);
    if (answer.status === 404) throw noLease();
    return LeaseKeepAliveResponse.decode(bodyOf(answer)).TTL;
  }

  async timeToLive(
    peerURLs: readonly string[],
    ID: LeaseId,
    keys: boolean,
  ): Promise<LeaseInfo | undefined> {
    const leaseTimeToLiveRequest = LeaseTimeToLiveRequest.create({ ID, keys });
    const body = LeaseInternalRequest.encode({ leaseTimeToLiveRequest });
    const answer = await this.#posted(peerURLs, '/leases/internal', body);
    if (answer.status === 404) return undefined;
    const found = LeaseInternalResponse.decode(bodyOf(answer)).leaseTimeToLiveResponse;
    if (found === undefined) throw noAnswer('names no lease');
    return { remainingTtlS: found.TTL, grantedTtlS: found.grantedTTL, keys: found.keys };
  }

  async promote(peerURLs: readonly string[], id: MemberId): Promise<readonly Member[]> {
    const answer = await this.#posted(peerURLs, `/members/promote/${id}`, undefined);
    const text = answer.body.toString();
    if (answer.status === 404) throw new MembershipError('MEMBERSHIP_ID_NOT_FOUND', text);
    if (answer.status === 412 && text.includes('in sync with leader')) {
      throw new ServerError('SERVER_LEARNER_NOT_READY', text);
    }
    if (answer.status === 412 && text.includes('can only promote a learner member')) {
      throw new MembershipError('MEMBERSHIP_NOT_LEARNER', text);
    }
    return parseMembers(bodyOf(answer).toString());
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agents.destroy();
  }

  /** Of the first URL that answers at all. */
  async #posted(
    peerURLs: readonly string[],
    path: string,
    body: Uint8Array | undefined,
  ): Promise<PeerAnswer> {
    if (peerURLs.length === 0) throw noAnswer('has no URL');
    let failure: unknown;
    for (const peerURL of peerURLs) {
      const asked = { peerURL, path, method: 'POST', timeoutMs: this.#timeoutMs } as const;
      try {
        return await peerAnswer(
          { ...asked, headers: PROTOBUF, ...(body !== undefined && { body }) },
          this.#agents,
        );
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function bodyOf({ status, body }: PeerAnswer): Buffer {
  if (status !== 200) throw noAnswer(`answered with status ${status}: ${body.toString()}`);
  return body;
}

function noLease(): LeaseError {
  return new LeaseError('LEASE_NOT_FOUND', 'the leader has no such lease');
}

function noAnswer(text: string): ServerError {
  return new ServerError('SERVER_NO_LEADER', `the leader ${text}`);
}
