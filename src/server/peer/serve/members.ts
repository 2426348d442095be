/** GET /members and POST /members/promote/<decimal id>. */
import { CodedError } from '../../../base/coded-error.ts';
import type { MemberId } from '../../../base/ids.ts';
import { allowGet } from '../../gateway/allow-get.ts';
import { allowMethod } from '../../gateway/allow-method.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { hexId, type Member, memberJson } from '../../membership/member.ts';
import { reasonOf } from '../errors.ts';
import { json, jsonMessage } from './json-answer.ts';
import type { PeerCall } from './peer-call.ts';
import { field } from './request-checks.ts';

export const PROMOTE_PREFIX = '/members/promote/';

/** Status and text by the code of what was thrown. */
const REFUSALS: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['MEMBERSHIP_ID_NOT_FOUND', [404, 'membership: ID not found']],
  ['MEMBERSHIP_NOT_LEARNER', [412, 'membership: can only promote a learner member']],
  [
    'SERVER_LEARNER_NOT_READY',
    [412, 'etcdserver: can only promote a learner member which is in sync with leader'],
  ],
]);

export function answerMembers(call: PeerCall): void {
  const { request, response, services } = call;
  if (!allowGet(request, response)) return;
  nameCluster(call);
  json(response, membersJson(services.membership.members()));
}

export async function answerPromote(call: PeerCall): Promise<void> {
  const { request, response, path, services, logger } = call;
  if (!allowMethod(request, response, 'POST')) return;
  nameCluster(call);
  const text = path.slice(PROMOTE_PREFIX.length);
  const id = decimalId(text);
  if (id === undefined) {
    plainText(response, 404, `member ${text} not found in cluster\n`);
    return;
  }
  try {
    const members = await services.membership.promote(id, field(request, 'authorization'));
    json(response, membersJson(members));
  } catch (error) {
    const refusal = error instanceof CodedError ? REFUSALS.get(String(error.code)) : undefined;
    if (refusal === undefined) jsonMessage(response, 500, 'Internal Server Error');
    else plainText(response, refusal[0], `${refusal[1]}\n`);
    logger.warn('failed to promote a member', {
      'member-id': hexId(id),
      error: reasonOf(error),
    });
  }
}

function nameCluster({ response, transport }: PeerCall): void {
  response.setHeader('X-Etcd-Cluster-Id', hexId(transport.identity.clusterId));
}

function membersJson(members: readonly Member[]): string {
  return `[${members.map(memberJson).join(',')}]\n`;
}

/** As Go reads an unsigned 64-bit number. */
function decimalId(text: string): MemberId | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const id = BigInt(text);
  return id < 1n << 64n ? id : undefined;
}
