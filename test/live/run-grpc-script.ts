/** Runs a script of raw gRPC calls on one member; returns what came back, byte by byte. */
import type { ClientDuplexStream, ServiceError, StatusObject } from '@grpc/grpc-js';
import {
  type CallError,
  callBytes,
  decodeResponse,
  encodeRequest,
  type Fields,
  type GrpcClient,
  openStream,
} from '../support/grpc-client.ts';
import type { CallStep, Failure, GrpcStep, Request, Rewrite, StreamStep } from './grpc-script.ts';

/** An answer: its bytes in hex when nothing in it is rewritten, and what they say. */
export interface Answer {
  readonly bytes?: string;
  readonly fields: unknown;
}

export type Result = Answer | Failure;

export interface StepResult {
  readonly step: string;
  /** Of the call, or of each call made beside the stream. */
  readonly results: readonly Result[];
  /** What came on the stream, its end last when it has ended by itself. */
  readonly responses: readonly Result[];
}

const QUIET_MS = 150;
const SETTLE_MS_MAX = 10_000;

export class GrpcScriptRun {
  readonly #client: GrpcClient;
  /** The member is real etcd 3.5, which some steps must not be sent to. */
  readonly #is35: boolean;
  #revision = 1;

  constructor(client: GrpcClient, options: { is35: boolean }) {
    this.#client = client;
    this.#is35 = options.is35;
  }

  async all(steps: readonly GrpcStep[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.one(step));
    return results;
  }

  async one(step: GrpcStep): Promise<StepResult> {
    if ('stream' in step) return this.#stream(step);
    const text = `${step.call} ${this.#text(step.request)}`;
    return { step: text, results: [await this.#call(step)], responses: [] };
  }

  async #call(step: CallStep): Promise<Result> {
    const path = pathOf(step.call);
    const body = this.#body(path, step.request);
    if (step.only36 !== undefined && this.#is35) return step.only36;
    try {
      return this.#answer(path, await callBytes(this.#client, path, body), step.rewrite);
    } catch (error) {
      return failure(error as CallError);
    }
  }

  async #stream(step: StreamStep): Promise<StepResult> {
    const path = pathOf(step.stream);
    const results: Result[] = [];
    const log = new StreamLog(openStream(this.#client, path), (bytes) =>
      this.#answer(path, bytes, step.rewrite),
    );
    const texts: string[] = [];
    for (const action of step.actions) {
      if ('call' in action) {
        texts.push(`${action.call} ${this.#text(action.request)}`);
        results.push(await this.#call(action));
      } else if ('send' in action) {
        texts.push(this.#text(action.send));
        log.stream.write(this.#body(path, action.send));
      } else if ('settle' in action) {
        await log.settled(action.settle);
      } else {
        log.stream.end();
      }
    }
    await log.settled(0);
    log.stream.cancel();
    return {
      step: `${step.stream} ${texts.join(', ')}`,
      results,
      responses: log.responses,
    };
  }

  #answer(path: string, bytes: Buffer, rewrite: Rewrite | undefined): Answer {
    const fields = decodeResponse(path, bytes);
    const header = fields['header'] as Fields | null;
    const revision = Number(header?.['revision'] ?? 0);
    if (revision > 0) this.#revision = revision;
    rewrite?.(fields);
    return {
      ...(rewrite === undefined ? { bytes: bytes.toString('hex') } : {}),
      fields: readable(fields),
    };
  }

  #body(path: string, request: Request | Buffer): Buffer {
    if (Buffer.isBuffer(request)) return request;
    return encodeRequest(path, this.#fields(request));
  }

  #text(request: Request | Buffer): string {
    if (Buffer.isBuffer(request))
      return `${request.length} bytes ${request.toString('hex', 0, 64)}`;
    return shortened(JSON.stringify(readable(this.#fields(request))));
  }

  #fields(request: Request): Fields {
    return typeof request === 'function' ? request(this.#revision) : request;
  }
}

function pathOf(method: string): string {
  if (method.startsWith('/')) return method;
  return method.startsWith('Lock/') ? `/v3lockpb.${method}` : `/etcdserverpb.${method}`;
}

const NO_MESSAGE =
  /^(grpc: error unmarshalling request: |grpc: failed to unmarshal the received message: ).*/s;

/** Why bytes are no message is said in the words of the decoder at hand. */
function failure({ code, details }: Pick<ServiceError, 'code' | 'details'>): Result {
  return { code, text: details.replace(NO_MESSAGE, '$1WHY') };
}

/** Collects the responses of a stream, in the order in which they come. */
class StreamLog {
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #received: Result[] = [];
  #lastMs = Date.now();
  #isEnded = false;

  constructor(stream: ClientDuplexStream<Buffer, Buffer>, answer: (bytes: Buffer) => Result) {
    this.stream = stream;
    stream.on('data', (bytes: Buffer) => this.#note(answer(bytes)));
    stream.on('error', () => undefined);
    stream.on('status', (status: StatusObject) => {
      if (!this.#isEnded) this.#note(failure(status));
      this.#isEnded = true;
    });
  }

  get responses(): Result[] {
    return ordered(this.#received);
  }

  async settled(count: number): Promise<void> {
    const startMs = Date.now();
    this.#lastMs = startMs;
    for (;;) {
      const nowMs = Date.now();
      const isEnough = this.#received.length >= count && nowMs - this.#lastMs >= QUIET_MS;
      if (isEnough || this.#isEnded) return;
      if (nowMs - startMs > SETTLE_MS_MAX) {
        throw new TypeError(`waits for ${count} responses: ${JSON.stringify(this.#received)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #note(result: Result): void {
    this.#lastMs = Date.now();
    this.#received.push(result);
  }
}

/**
 * Events of one revision reach the watchers of a stream in no order of theirs: those that follow
 * one another with the same revision are put in the order of the watch ids.
 */
function ordered(responses: readonly Result[]): Result[] {
  const sorted: Result[] = [];
  for (const response of responses) {
    let at = sorted.length;
    while (at > 0 && isOutOfOrder(sorted[at - 1], response)) at--;
    sorted.splice(at, 0, response);
  }
  return sorted;
}

function isOutOfOrder(before: Result | undefined, after: Result): boolean {
  const [a, b] = [eventsOf(before), eventsOf(after)];
  return a !== undefined && b !== undefined && a.revision === b.revision && a.id > b.id;
}

/** Revision and watch id of a response with events. */
function eventsOf(result: Result | undefined): { revision: string; id: bigint } | undefined {
  if (result === undefined || !('fields' in result)) return undefined;
  const { events, header, watchId } = result.fields as Record<string, unknown>;
  if (!Array.isArray(events) || events.length === 0) return undefined;
  const { revision } = header as { revision: string };
  return { revision, id: BigInt(watchId as string) };
}

/** Bytes as text, so that a difference can be read. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return shortened(Buffer.from(value).toString('latin1'));
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? shortened(value) : value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part)]));
}

function shortened(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 380)}... (${text.length})`;
}
