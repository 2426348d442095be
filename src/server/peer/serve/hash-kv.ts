/** GET /members/hashkv: a hash of the key space at a revision, asked for in a JSON body. */
import { CodedError } from '../../../base/coded-error.ts';
import { allowGet } from '../../gateway/allow-get.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { hexId } from '../../membership/member.ts';
import { reasonOf } from '../errors.ts';
import { json } from './json-answer.ts';
import type { PeerCall } from './peer-call.ts';
import type { PeerHash } from './peer-services.ts';
import { wholeBody } from './request-body.ts';
import { field } from './request-checks.ts';

/** A number in JSON is all that is asked for. A longer body is answered by 413. */
export const hashRequestBytesMax: number = 64 * 1024;

/** By code: the texts that members look for in the answer. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['MVCC_COMPACTED', 'mvcc: required revision has been compacted'],
  ['MVCC_FUTURE_REVISION', 'mvcc: required revision is a future revision'],
]);

export async function answerHashKv(call: PeerCall): Promise<void> {
  const { request, response, transport, services } = call;
  if (!allowGet(request, response)) return;
  const clusterId = hexId(transport.identity.clusterId);
  if ((field(request, 'x-etcd-cluster-id') ?? clusterId) !== clusterId) {
    plainText(response, 412, 'cluster ID mismatch\n');
    return;
  }
  const body = await wholeBody(call, hashRequestBytesMax);
  if (body === undefined) return;
  const revision = requestedRevision(body);
  if (revision === undefined) {
    plainText(response, 400, 'error unmarshalling request\n');
    return;
  }
  try {
    const hash = await services.hashes.hashAt(revision);
    response.setHeader('X-Etcd-Cluster-Id', clusterId);
    json(response, hashJson(hash));
  } catch (error) {
    const known = error instanceof CodedError ? REFUSALS.get(String(error.code)) : undefined;
    const reason = known ?? reasonOf(error);
    transport.quietLog.warn('failed to get hashKV', {
      'requested-revision': revision,
      error: reason,
    });
    plainText(response, 400, `${reason}\n`);
  }
}

/** Undefined for what Go would not read as a request; without a revision it is 0. */
function requestedRevision(body: Uint8Array): number | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
  if (asked === null) return 0;
  if (typeof asked !== 'object' || Array.isArray(asked)) return undefined;
  const revision = 'revision' in asked ? asked.revision : 0;
  return Number.isSafeInteger(revision) ? (revision as number) : undefined;
}

/** As Go writes it: fields that are zero are left out. */
function hashJson(hash: PeerHash): string {
  const header = hash.currentRevision === 0 ? {} : { revision: hash.currentRevision };
  return JSON.stringify({
    header,
    hash: hash.hash === 0 ? undefined : hash.hash,
    compact_revision: hash.compactRevision === 0 ? undefined : hash.compactRevision,
    hash_revision: hash.hashRevision === 0 ? undefined : hash.hashRevision,
  });
}
