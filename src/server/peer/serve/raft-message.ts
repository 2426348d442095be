/** POST /raft: one message. */
import { Message } from '../../../pb/index.ts';
import { allowMethod } from '../../gateway/allow-method.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { PeerError } from '../errors.ts';
import { decodeAs } from '../wire/message-bytes.ts';
import type { PeerCall } from './peer-call.ts';
import { refuseRest, wholeBody } from './request-body.ts';
import { addSender, field, isOfOurCluster, parseId } from './request-checks.ts';

/** A longer message is answered by 413: it can come on a stream. */
export const postedMessageBytesMax: number = 64 * 1024 * 1024;

export async function takeMessage(call: PeerCall): Promise<void> {
  const { request, response, transport } = call;
  if (!allowMethod(request, response, 'POST') || !isOfOurCluster(call)) return;
  addSender(call);
  const counters = transport.countersOf(parseId(field(request, 'x-server-from')) ?? 0n);
  const body = await wholeBody(call, postedMessageBytesMax);
  if (body === undefined) return;
  counters.receivedBytes += body.length;
  const message = decoded(body);
  if (message === undefined) {
    counters.receivedFailures++;
    transport.quietLog.warn('failed to unmarshal Raft message', {});
    plainText(response, 400, 'error unmarshalling raft message\n');
    return;
  }
  if (transport.inbox.post(message) === undefined) {
    response.writeHead(204).end();
  } else {
    // etcd has a 403 for this in its code and sends a 500; its members stop for ever at a 403.
    refuseRest(response);
    plainText(response, 500, 'error processing raft message\n');
  }
}

function decoded(body: Uint8Array): Message | undefined {
  try {
    return decodeAs(Message, body);
  } catch (error) {
    if (error instanceof PeerError) return undefined;
    throw error;
  }
}
