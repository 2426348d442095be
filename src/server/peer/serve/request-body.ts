/** Bodies of requests, with a bound for their length and for how long nothing may come. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../base/ports/clock.ts';
import type { Scheduler } from '../../../base/ports/scheduler.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { PeerError } from '../errors.ts';
import { IdleTimer } from '../idle-timer.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import type { PeerCall } from './peer-call.ts';

/** A sender from which nothing comes for that long is gone. */
export const BODY_READ_TIMEOUT_MS = 5000;

interface BodyPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/**
 * The chunks of a body. Time counts only while the next one is waited for. Throws what breaks the
 * connection off.
 */
export async function* bodyChunks(
  request: IncomingMessage,
  ports: BodyPorts,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>;
  for (;;) {
    const next = await inTime(request, ports, chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

async function inTime<T>(
  request: IncomingMessage,
  ports: BodyPorts,
  awaited: Promise<T>,
): Promise<T> {
  const idle = new IdleTimer(ports, BODY_READ_TIMEOUT_MS, () => {
    request.destroy(new PeerError('PEER_UNREACHABLE', 'read timed out'));
  });
  try {
    return await awaited;
  } finally {
    idle.cancel();
  }
}

/** The whole body; undefined when it is longer than `bytesMax`, and then 413 is the answer. */
export async function wholeBody(
  { request, response, clock, scheduler }: PeerCall,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const queue = new ByteQueue();
  for await (const chunk of bodyChunks(request, { clock, scheduler })) {
    if (queue.length + chunk.length > bytesMax) {
      refuseRest(response);
      plainText(response, 413, 'request body too large\n');
      return undefined;
    }
    queue.push(chunk);
  }
  return queue.take(queue.length);
}

/** The connection ends with the answer: the rest of the body is not read. */
export function refuseRest(response: ServerResponse): void {
  response.setHeader('Connection', 'close');
}
