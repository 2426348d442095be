/** The Election service: the first key under a name names the leader, and holds its word. */
import { equalBytes } from '../../base/bytes.ts';
import { RpcError } from '../../grpc/index.ts';
import {
  CampaignRequest,
  CampaignResponse,
  DeleteRangeRequest,
  KeyValue,
  LeaderKey,
  LeaderRequest,
  LeaderResponse,
  ProclaimRequest,
  ProclaimResponse,
  RequestOp,
  ResignRequest,
  ResignResponse,
  type ResponseHeader,
} from '../../pb/index.ts';
import { Contest, createdAt, putOp, sessionLease } from './contest.ts';
import type { ServiceEntry } from './decoded-request.ts';
import type { LocalClient } from './local-client.ts';
import { type LocalServicePorts, localUnary } from './local-service.ts';
import { observeMethod } from './observe.ts';

export function electionService(ports: LocalServicePorts): ServiceEntry[] {
  const path = (method: string): string => `/v3electionpb.Election/${method}`;
  return [
    localUnary(path('Campaign'), CampaignRequest, ports, async (client, request) =>
      CampaignResponse.encode(await campaign(client, request)),
    ),
    localUnary(path('Proclaim'), ProclaimRequest, ports, async (client, { leader, value }) => {
      const header = await proclaim(client, await resumed(client, leader), value);
      return ProclaimResponse.encode({ header });
    }),
    localUnary(path('Resign'), ResignRequest, ports, async (client, { leader }) => {
      const header = await resign(client, await resumed(client, leader));
      return ResignResponse.encode({ header });
    }),
    localUnary(path('Leader'), LeaderRequest, ports, async (client, { name }) =>
      LeaderResponse.encode(await leaderOf(client, name)),
    ),
    [path('Observe'), observeMethod(ports)],
  ];
}

/** Waits until the candidate leads. Whoever goes away while waiting is no candidate any more. */
async function campaign(
  client: LocalClient,
  { name, lease: asked, value }: CampaignRequest,
): Promise<CampaignResponse> {
  const contest = new Contest(client, name);
  const lease = await sessionLease(client, asked);
  const { header, key, createRevision: rev, former } = await contest.enter(lease, value);
  const leader = LeaderKey.create({ name, key, rev, lease });
  if (former !== undefined && !equalBytes(former.value, value)) {
    try {
      await proclaim(client, leader, value);
    } catch (error) {
      await resign(client, leader);
      throw error;
    }
  }
  try {
    await contest.waitUntilFirst(rev);
    client.throwIfCancelled();
  } catch (error) {
    if (client.isCancelled) await resign(client, leader);
    throw error;
  }
  return { header, leader };
}

/** The leader that a request speaks for; its session is renewed when it has no lease. */
async function resumed(client: LocalClient, leader: LeaderKey | undefined): Promise<LeaderKey> {
  if (leader === undefined) throw new RpcError('Unknown', '"leader" field must be provided');
  return { ...leader, lease: await sessionLease(client, leader.lease) };
}

/** Sets the value of the leader's key, if it is still the one that was created then. */
async function proclaim(
  client: LocalClient,
  { key, rev, lease }: LeaderKey,
  value: Uint8Array,
): Promise<ResponseHeader | undefined> {
  const { header, succeeded } = await client.txn({
    compare: [createdAt(key, rev)],
    success: [putOp({ key, value, lease })],
  });
  if (!succeeded) throw new RpcError('Unknown', 'election: not leader');
  return header;
}

/** Deletes the leader's key, if it is still the one that was created then. */
async function resign(
  client: LocalClient,
  { key, rev }: LeaderKey,
): Promise<ResponseHeader | undefined> {
  const deletion = DeleteRangeRequest.create({ key });
  const { header } = await client.txn({
    compare: [createdAt(key, rev)],
    success: [RequestOp.create({ requestDeleteRange: deletion })],
  });
  return header;
}

async function leaderOf(client: LocalClient, name: Uint8Array): Promise<LeaderResponse> {
  const { header, kvs } = await client.range(new Contest(client, name).firstRequest);
  const first = kvs[0];
  if (first === undefined) throw new RpcError('Unknown', 'election: no leader');
  return { header, kv: KeyValue.decode(first) };
}
