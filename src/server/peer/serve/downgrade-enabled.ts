/** GET /downgrade/enabled: whether the cluster is on its way to an older version. */
import { allowGet } from '../../gateway/allow-get.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { hexId } from '../../membership/member.ts';
import { reasonOf } from '../errors.ts';
import type { PeerCall } from './peer-call.ts';

export async function answerDowngradeEnabled(call: PeerCall): Promise<void> {
  const { request, response, transport, services } = call;
  if (!allowGet(request, response)) return;
  response.setHeader('X-Etcd-Cluster-Id', hexId(transport.identity.clusterId));
  try {
    const body = String(await services.downgradeEnabled());
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('Content-Length', body.length);
    response.end(body);
  } catch (error) {
    const reason = reasonOf(error);
    plainText(response, 500, `failed linearized read: ${reason}\n`);
  }
}
