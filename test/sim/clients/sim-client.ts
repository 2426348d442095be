/** What all simulated clients have: a place on the network, and a member that they talk to. */

import type { Request, Result } from '../check/history.ts';
import type { HistoryRecorder, OpenOperation } from '../check/history-recorder.ts';
import { isDefiniteFailure } from '../check/refusal.ts';
import { type CallOutcome, ClientConnection } from '../network/client-connection.ts';
import type { Host, SimNetwork } from '../network/sim-network.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { wireRequest, wireResult } from './wire-requests.ts';
import type { WorkloadState } from './workload-state.ts';

export interface ClientPorts {
  readonly network: SimNetwork;
  readonly host: Host;
  readonly random: SeededRandom;
  readonly recorder: HistoryRecorder;
  readonly state: WorkloadState;
  /** Machines that a client may know of, whether anything runs there or not. */
  readonly endpoints: () => readonly Host[];
}

export interface ClientOptions {
  /** Time between two operations, on the average. */
  readonly thinkMs: number;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
}

/** An answer; undefined when it is not known that there was a good one. */
export type Answered = (answer: { revision: number; result: Result } | undefined) => void;

export abstract class SimClient {
  readonly number: number;
  protected readonly ports: ClientPorts;
  protected readonly options: ClientOptions;
  #connection: ClientConnection | undefined;
  #underWay = 0;
  #isStopped = false;

  constructor(number: number, options: ClientOptions, ports: ClientPorts) {
    this.number = number;
    this.options = options;
    this.ports = ports;
  }

  get host(): Host {
    return this.ports.host;
  }

  /** Begins to do things, again and again. */
  start(): void {
    this.#isStopped = false;
    this.next();
  }

  /** Begins nothing new. */
  stop(): void {
    this.#isStopped = true;
  }

  protected get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  protected abstract act(): void;

  /** Acts after a while. */
  protected next(): void {
    const { host, random } = this.ports;
    const { thinkMs } = this.options;
    host.time.after(random.upTo(2 * thinkMs), () => {
      if (!this.#isStopped) this.act();
    });
  }

  /** The member to talk to; another one after the connection broke. */
  protected connection(): ClientConnection {
    if (this.#connection === undefined || this.#connection.isBroken) {
      const { network, host, random, endpoints } = this.ports;
      this.#connection = new ClientConnection(network, host, random.pick(endpoints()));
    }
    return this.#connection;
  }

  /** Talks to another member from now on. */
  protected leave(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Does what `request` says, on `connection`, and takes down what came of it. */
  perform(request: Request, answered: Answered, connection = this.connection()): void {
    const { recorder, network } = this.ports;
    const { path, bytes } = wireRequest(request);
    const operation = recorder.call(this.number, request);
    network.trace.note(`c${this.number} ${request.kind}`);
    this.call(
      { path, bytes },
      (outcome) => {
        if (outcome.kind === 'answered') {
          const { revision, result } = wireResult(request, outcome.response);
          network.trace.note(`c${this.number} ${request.kind} ${revision}`);
          recorder.answered(operation, revision, result);
          answered({ revision, result });
        } else {
          this.#failed(operation, outcome);
          answered(undefined);
        }
      },
      connection,
    );
  }

  /** Calls a unary method, for as long as this client waits. */
  protected call(
    { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
    done: (outcome: CallOutcome) => void,
    connection = this.connection(),
  ): void {
    const { host } = this.ports;
    this.#underWay++;
    const giveUp = connection.unary(path, bytes, (outcome) => {
      timer.cancel();
      this.#underWay--;
      done(outcome);
    });
    const timer = host.time.after(this.options.timeoutMs, giveUp);
  }

  #failed(operation: OpenOperation, outcome: Exclude<CallOutcome, { kind: 'answered' }>): void {
    const { recorder, random, network } = this.ports;
    const text = outcome.kind === 'failed' ? outcome.failure.message : outcome.kind;
    network.trace.note(`c${this.number} ${operation.request.kind} ${text}`);
    const isRefused = outcome.kind === 'refused' || isDefiniteFailure(text);
    if (isRefused) recorder.refused(operation, text);
    else recorder.unknown(operation, text);
    if (outcome.kind !== 'failed' || (!isRefused && random.below(2) === 0)) this.leave();
  }
}
