/** POST /raft/snapshot: a snapshot message, and behind it the database it stands for. */
import { type Message, MessageType } from '../../../pb/index.ts';
import { allowMethod } from '../../gateway/allow-method.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { humanBytes } from '../../human-bytes.ts';
import { hexId } from '../../membership/member.ts';
import { PeerError, reasonOf } from '../errors.ts';
import type { PeerCounters } from '../peer-meters.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { takeMessage } from '../wire/message-stream.ts';
import type { PeerCall } from './peer-call.ts';
import { bodyChunks, refuseRest } from './request-body.ts';
import { addSender, isOfOurCluster } from './request-checks.ts';

/** Of the message alone, which holds the membership; the database has no bound here. */
export const snapshotMessageBytesMax: number = 64 * 1024 * 1024;
/** Snapshots that come in at a time; a further one is answered by 503. */
export const snapshotsReceivingMax = 4;

interface ReceivedHead {
  readonly message: Message;
  /** What of the database came with the end of the message. */
  readonly rest: Uint8Array;
}

export async function takeSnapshot(call: PeerCall): Promise<void> {
  const { request, response, transport } = call;
  const unknown = transport.meters.unknownSender;
  if (!allowMethod(request, response, 'POST') || !isOfOurCluster(call)) {
    unknown.snapshotsReceived.failed++;
    return;
  }
  addSender(call);
  const chunks = bodyChunks(request, call);
  const head = await readHead(chunks);
  if (head instanceof PeerError) {
    unknown.snapshotsReceived.failed++;
    refuse(call, 400, `failed to decode raft message (${head.message})`);
    return;
  }
  const { message } = head;
  const counters = transport.countersOf(message.from);
  if (message.type !== MessageType.MsgSnap || message.snapshot === undefined) {
    counters.snapshotsReceived.failed++;
    refuse(call, 400, 'wrong raft message type');
  } else if (transport.meters.snapshotsReceiving >= snapshotsReceivingMax) {
    counters.snapshotsReceived.failed++;
    refuse(call, 503, 'too many snapshots');
  } else {
    counters.snapshotsReceived.underWay++;
    try {
      await save(call, message, restOfBody(head.rest, chunks, counters));
    } finally {
      counters.snapshotsReceived.underWay--;
    }
  }
}

/** The message, or why there is none. */
async function readHead(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<ReceivedHead | PeerError> {
  const queue = new ByteQueue();
  try {
    for (;;) {
      const message = takeMessage(queue, snapshotMessageBytesMax);
      if (message !== undefined) return { message, rest: queue.take(queue.length) };
      const next = await chunks.next();
      if (next.done === true) return new PeerError('PEER_MALFORMED', 'unexpected EOF');
      queue.push(next.value);
    }
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
}

async function* restOfBody(
  first: Uint8Array,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  counters: PeerCounters,
): AsyncGenerator<Uint8Array, void, undefined> {
  counters.receivedBytes += first.length;
  if (first.length > 0) yield first;
  for await (const chunk of chunks) {
    counters.receivedBytes += chunk.length;
    yield chunk;
  }
}

async function save(
  call: PeerCall,
  message: Message,
  body: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<void> {
  const { response, transport, snapshots, clock, logger } = call;
  const counters = transport.countersOf(message.from);
  const startMs = clock.monotonicMs();
  const bytesBefore = counters.receivedBytes;
  logger.info('receiving database snapshot', fieldsOf(call, message));
  try {
    await snapshots.save(message, body);
  } catch (error) {
    const reason = reasonOf(error);
    counters.snapshotsReceived.failed++;
    transport.quietLog.warn('failed to save incoming database snapshot', {
      ...fieldsOf(call, message),
      error: reason,
    });
    refuse(call, 500, `failed to save KV snapshot (${reason})`);
    return;
  }
  const tookMs = clock.monotonicMs() - startMs;
  const bytes = counters.receivedBytes - bytesBefore;
  logger.info('received and saved database snapshot', {
    ...fieldsOf(call, message),
    'incoming-snapshot-size-bytes': bytes,
    'incoming-snapshot-size': humanBytes(bytes),
    'download-took': `${tookMs}ms`,
  });
  const refusal = transport.inbox.post(message);
  if (refusal !== undefined) {
    counters.snapshotsReceived.failed++;
    refuse(call, 500, `failed to process raft message (${refusal})`);
    return;
  }
  counters.snapshotsReceived.done++;
  counters.snapshotsReceived.seconds.observe(tookMs / 1000);
  response.writeHead(204).end();
}

function refuse({ response }: PeerCall, status: number, reason: string): void {
  refuseRest(response);
  plainText(response, status, `${reason}\n`);
}

function fieldsOf({ transport }: PeerCall, { from, snapshot }: Message): Record<string, unknown> {
  return {
    'local-member-id': hexId(transport.identity.memberId),
    'remote-snapshot-sender-id': hexId(from),
    'incoming-snapshot-index': snapshot?.metadata.index ?? 0,
  };
}
