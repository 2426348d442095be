/** POST /leases and /leases/internal: what followers ask the leader about leases for their clients. */
import type { ServerResponse } from 'node:http';
import { CodedError } from '../../../base/coded-error.ts';
import {
  LeaseInternalRequest,
  LeaseInternalResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveResponse,
  type MessageCodec,
  ResponseHeader,
} from '../../../pb/index.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { PeerError, reasonOf } from '../errors.ts';
import { decodeAs } from '../wire/message-bytes.ts';
import type { PeerCall } from './peer-call.ts';
import { wholeBody } from './request-body.ts';

/** A lease id is all that is asked for. A longer body is answered by 413. */
export const leaseRequestBytesMax: number = 64 * 1024;
/** So long a request waits for what is committed to be applied. */
export const APPLY_TIMEOUT_MS = 1000;

const NOT_FOUND = 'lease not found\n';
const NOT_PRIMARY = 'not a primary lessor\n';

export async function answerLeaseKeepAlive(call: PeerCall): Promise<void> {
  const { response, services } = call;
  const asked = await readRequest(call, LeaseKeepAliveRequest);
  if (asked === undefined || !(await isApplied(call))) return;
  try {
    const TTL = await services.leases.renew(asked.ID);
    answer(response, LeaseKeepAliveResponse, LeaseKeepAliveResponse.create({ ID: asked.ID, TTL }));
  } catch (error) {
    if (codeOf(error) === 'LEASE_NOT_FOUND') plainText(response, 404, NOT_FOUND);
    else if (codeOf(error) === 'LEASE_NOT_PRIMARY') plainText(response, 400, NOT_PRIMARY);
    else plainText(response, 400, `${reasonOf(error)}\n`);
  }
}

export async function answerLeaseTimeToLive(call: PeerCall): Promise<void> {
  const { response, services } = call;
  const asked = await readRequest(call, LeaseInternalRequest);
  if (asked === undefined) return;
  const { leaseTimeToLiveRequest } = asked;
  if (leaseTimeToLiveRequest === undefined) {
    plainText(response, 400, 'error unmarshalling request\n');
    return;
  }
  if (!(await isApplied(call))) return;
  const { ID, keys: withKeys } = leaseTimeToLiveRequest;
  try {
    const lease = services.leases.timeToLive(ID, { withKeys });
    if (lease === undefined) {
      plainText(response, 404, NOT_FOUND);
      return;
    }
    const leaseTimeToLiveResponse = LeaseTimeToLiveResponse.create({
      header: ResponseHeader.create(),
      ID,
      TTL: lease.remainingTtlS,
      grantedTTL: lease.grantedTtlS,
      keys: lease.keys,
    });
    answer(response, LeaseInternalResponse, { leaseTimeToLiveResponse });
  } catch (error) {
    if (codeOf(error) !== 'LEASE_NOT_PRIMARY') throw error;
    plainText(response, 500, NOT_PRIMARY);
  }
}

/** Undefined when it is none, and then it is answered. */
async function readRequest<T>(call: PeerCall, codec: MessageCodec<T>): Promise<T | undefined> {
  const { request, response } = call;
  if (request.method !== 'POST') {
    plainText(response, 405, 'Method Not Allowed\n');
    return undefined;
  }
  const body = await wholeBody(call, leaseRequestBytesMax);
  if (body === undefined) return undefined;
  try {
    return decodeAs(codec, body);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    plainText(response, 400, 'error unmarshalling request\n');
    return undefined;
  }
}

/** Whether we have caught up with what is committed; if not in time, 408 is the answer. */
async function isApplied({ response, services, scheduler }: PeerCall): Promise<boolean> {
  const inTime = await new Promise<boolean>((resolve, reject) => {
    const timer = scheduler.after(APPLY_TIMEOUT_MS, () => resolve(false));
    services.leases
      .whenApplied()
      .then(() => resolve(true))
      .catch(reject)
      .finally(() => timer.cancel());
  });
  if (!inTime) {
    const reason = 'waiting for node to catch up its applied index has timed out';
    plainText(response, 408, `${reason}\n`);
  }
  return inTime;
}

function answer<T>(response: ServerResponse, codec: MessageCodec<T>, message: T): void {
  const body = codec.encode(message);
  response.setHeader('Content-Type', 'application/protobuf');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

function codeOf(error: unknown): string {
  return error instanceof CodedError ? String(error.code) : '';
}
