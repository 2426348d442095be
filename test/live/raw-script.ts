/**
 * Raw gRPC calls, one after the other, and what each gave, as text: the same script is run
 * against real etcd and against us. Rewritten before it is compared: leases that the server chose.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import {
  type CallError,
  call,
  type GrpcClient,
  grpcClient,
  observe,
} from '../support/grpc-client.ts';
import { freePort, MemberProcess } from '../support/processes.ts';

type Fields = Record<string, unknown>;

/** Time for a call that waits to be seen waiting, or for a message to arrive. */
const SETTLE_MS = 150;

export class RawScript {
  readonly client: GrpcClient;
  readonly endpoint: string;
  readonly lines: string[] = [];

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    this.client = grpcClient(endpoint);
  }

  /** Makes a call and writes down what it gave. */
  async call(path: string, request: Fields, headers: Record<string, string> = {}): Promise<Fields> {
    const { text, answer } = await this.#outcome(path, request, headers);
    this.lines.push(text);
    return answer;
  }

  /** Makes a call that will have to wait for others; the result writes down what it gave. */
  async waiting(path: string, request: Fields): Promise<() => Promise<Fields>> {
    const outcome = this.#outcome(path, request, {});
    await sleep(SETTLE_MS);
    return async () => {
      const { text, answer } = await outcome;
      this.lines.push(text);
      return answer;
    };
  }

  /** Follows a stream during `action`, and writes down what came. */
  async during(path: string, request: Fields, action: () => Promise<void>): Promise<void> {
    const stream = observe(this.client, path, request);
    await sleep(SETTLE_MS);
    await action();
    await sleep(SETTLE_MS);
    stream.cancel();
    this.lines.push(...stream.messages.map((message) => `${path} <- ${textOf(message)}`));
  }

  async #outcome(
    path: string,
    request: Fields,
    headers: Record<string, string>,
  ): Promise<{ text: string; answer: Fields }> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const asked = `${path} ${textOf(request)}`;
    try {
      const answer = await call(this.client, path, request, metadata);
      return { text: `${asked} -> ${textOf(answer)}`, answer };
    } catch (error) {
      const { code, details } = error as CallError;
      return { text: `${asked} -> ${code} ${details}`, answer: {} };
    }
  }
}

/** Bytes as text; ids of leases that a server chose, which are long, as `<lease>`. */
function textOf(fields: Fields): string {
  const text = JSON.stringify(fields, (_key, value: unknown) => {
    const bytes = value as { type?: string; data?: number[] } | null;
    return bytes?.type === 'Buffer' ? Buffer.from(bytes.data ?? []).toString() : value;
  });
  return text
    .replace(/"(lease|ID)":"\d{12,}"/g, '"$1":"<lease>"')
    .replace(/\/[0-9a-f]{12,}"/g, '/<lease>"');
}

/** Runs the script on a fresh member of each kind; both have the same ports, so the same ids. */
export async function linesOfBoth(
  script: (run: RawScript) => Promise<void>,
): Promise<{ real: string[]; ours: string[] }> {
  const ports = { clientPort: await freePort(), peerPort: await freePort() };
  const linesOf = async (kind: 'etcd' | 'etcd-ts'): Promise<string[]> => {
    const member = await MemberProcess.start({ kind, ...ports });
    const run = new RawScript(member.endpoint);
    try {
      await script(run);
      return run.lines;
    } finally {
      run.client.close();
      await member.dispose();
    }
  };
  return { real: await linesOf('etcd'), ours: await linesOf('etcd-ts') };
}
