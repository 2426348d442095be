/** The Lock service: whoever holds the first key under a name holds its lock. */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { RpcError } from '../../grpc/index.ts';
import { LockRequest, LockResponse, UnlockRequest, UnlockResponse } from '../../pb/index.ts';
import { Contest, sessionLease } from './contest.ts';
import type { ServiceEntry } from './decoded-request.ts';
import type { LocalClient } from './local-client.ts';
import { type LocalServicePorts, localUnary } from './local-service.ts';

export function lockService(ports: LocalServicePorts): ServiceEntry[] {
  return [
    localUnary('/v3lockpb.Lock/Lock', LockRequest, ports, async (client, request) =>
      LockResponse.encode(await lock(client, request)),
    ),
    localUnary('/v3lockpb.Lock/Unlock', UnlockRequest, ports, async (client, { key }) => {
      const { header } = await client.deleteKey(key);
      return UnlockResponse.encode({ header });
    }),
  ];
}

/** Waits for the lock, however long. Whoever goes away while waiting does not get it. */
async function lock(client: LocalClient, { name, lease }: LockRequest): Promise<LockResponse> {
  const contest = new Contest(client, name);
  const session = await sessionLease(client, lease);
  const { header, key, createRevision, first } = await contest.enter(session, EMPTY_BYTES);
  if (first === undefined || first.createRevision === createRevision) return { header, key };
  try {
    await contest.waitUntilFirst(createRevision);
    const own = await client.range({ key });
    client.throwIfCancelled();
    if (own.kvs.length > 0) return { header: own.header, key };
  } catch (error) {
    await client.deleteKey(key);
    throw error;
  }
  throw new RpcError('Unknown', 'mutex: session is expired');
}
