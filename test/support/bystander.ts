/** A well-behaved client that goes on while others do harm: what does it feel of them? */
import { readFileSync } from 'node:fs';
import { type GrpcClient, grpcClient, KV } from './grpc-client.ts';
import type { MemberProcess } from './processes.ts';

const PAUSE_MS = 2;
const MIB = 1024 * 1024;

/** What was seen while others did harm. */
export interface Observed {
  readonly calls: number;
  /** The longest that one put took. */
  readonly slowestMs: number;
  /** The most memory of its own that the member had. */
  readonly highestMib: number;
}

/** The member's own memory: what it has mapped of files is the kernel's cache. */
export function memoryMib(member: MemberProcess): number {
  const status = readFileSync(`/proc/${member.pid}/status`, 'utf8');
  return Math.round((Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024) / MIB);
}

/** Puts one value after another as long as `harm` goes on; rejects when a put fails. */
export async function observe(member: MemberProcess, harm: () => Promise<void>): Promise<Observed> {
  const client = grpcClient(member.endpoint);
  // It is there before the others come.
  await KV.put(client, Buffer.from('bystander'), Buffer.from('here'));
  let isOver = false;
  const ended = harm().finally(() => {
    isOver = true;
  });
  // Awaited below, when the puts are done.
  ended.catch(() => undefined);
  const seen = { calls: 0, slowestMs: 0, highestMib: 0 };
  try {
    do await putAndMeasure(client, member, seen);
    while (!isOver);
    await ended;
    return seen;
  } finally {
    client.close();
  }
}

async function putAndMeasure(
  client: GrpcClient,
  member: MemberProcess,
  seen: { calls: number; slowestMs: number; highestMib: number },
): Promise<void> {
  const startMs = performance.now();
  await KV.put(client, Buffer.from('bystander'), Buffer.from(String(seen.calls)));
  seen.calls++;
  seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startMs);
  seen.highestMib = Math.max(seen.highestMib, memoryMib(member));
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
