/**
 * A client's connection to one member. What is sent arrives whole and in order, or the connection
 * is broken: then whatever waits for an answer will never get one.
 */
import { assert } from '../../../src/base/assert.ts';
import type { RpcFailure, ServiceTable } from '../../../src/grpc/index.ts';
import { FakeBidiCall, FakeUnaryCall } from '../../support/server/fake-calls.ts';
import type { Host, SimNetwork } from './sim-network.ts';

/** What a member offers to clients, for one life. */
export interface ServingMember {
  readonly table: ServiceTable;
  readonly connections: Set<ClientConnection>;
  /** A handler threw. */
  readonly onHandlerError: (error: unknown) => void;
}

/** `lost`: the connection broke; what became of the call is not known. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: RpcFailure }
  | { readonly kind: 'lost' }
  /** It never left: nobody was there. */
  | { readonly kind: 'refused' };

export interface StreamListener {
  message(bytes: Uint8Array): void;
  /** Called once, when nothing comes any more. */
  ended(failure: RpcFailure | undefined): void;
}

export interface ClientStream {
  send(bytes: Uint8Array): void;
  cancel(): void;
}

/** Longest time until an end of a broken connection finds that out. */
const BREAK_MS = 3000;
/** Messages of a stream that may be on their way to a client, at most. */
const STREAM_WINDOW_MAX = 6;

export class ClientConnection {
  readonly #network: SimNetwork;
  readonly #client: Host;
  readonly #server: Host;
  /** Undefined until the member has taken the connection. */
  #serving: ServingMember | undefined;
  #isBroken = false;
  /** Messages for the member, sent and arrived. */
  #sent = 0;
  #arrived = 0;
  readonly #waiting = new Set<(outcome: CallOutcome) => void>();
  readonly #streams = new Set<StreamListener>();
  readonly #served = new Set<FakeUnaryCall | FakeBidiCall>();

  constructor(network: SimNetwork, client: Host, server: Host) {
    this.#network = network;
    this.#client = client;
    this.#server = server;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Calls a unary method; `done` is called once. The return value gives the call up. */
  unary(path: string, request: Uint8Array, done: (outcome: CallOutcome) => void): () => void {
    let call: RemoteUnaryCall | undefined;
    const end = (outcome: CallOutcome): void => {
      if (this.#waiting.delete(end)) done(outcome);
    };
    this.#waiting.add(end);
    this.#toServer((serving) => {
      call = new RemoteUnaryCall((outcome) => this.#toClient(() => end(outcome)));
      this.#serve(call, () => {
        const method = serving.table.get(path);
        assert(method?.kind === 'unary', `${path} is a unary method`);
        method.handler(call as RemoteUnaryCall, request);
      });
    });
    return () => {
      end({ kind: 'lost' });
      this.#toServer(() => call?.cancel());
    };
  }

  /** Opens a stream. */
  stream(path: string, listener: StreamListener): ClientStream {
    let call: RemoteBidiCall | undefined;
    this.#streams.add(listener);
    const ended = (failure: RpcFailure | undefined): void => {
      if (this.#streams.delete(listener)) listener.ended(failure);
    };
    this.#toServer((serving) => {
      const window = 1 + this.#network.random.below(STREAM_WINDOW_MAX);
      call = new RemoteBidiCall(window, {
        message: (bytes) => {
          this.#toClient(() => {
            if (!this.#streams.has(listener)) return;
            listener.message(bytes);
            this.#toServer(() => call?.take());
          });
        },
        ended: (failure) => this.#toClient(() => ended(failure)),
      });
      this.#serve(call, () => {
        const method = serving.table.get(path);
        assert(method?.kind === 'bidi', `${path} is a stream`);
        method.handler(call as RemoteBidiCall);
      });
    });
    return {
      send: (bytes) => this.#toServer(() => call?.receive(bytes)),
      cancel: () => {
        this.#streams.delete(listener);
        this.#toServer(() => call?.cancel());
      },
    };
  }

  /** The member ends: called at the server's end of the connection. */
  serverDied(): void {
    this.#served.clear();
    this.#isBroken = true;
    // The reset may be lost, too; then the client finds out by itself.
    this.#client.time.arrive(this.#network.random.upTo(BREAK_MS / 10), () => this.#clientBroken());
  }

  close(): void {
    this.#break();
  }

  #toServer(act: (serving: ServingMember) => void): void {
    if (this.#isBroken) {
      this.#client.time.defer(() => this.#clientBroken());
      return;
    }
    const number = ++this.#sent;
    const isSent = this.#network.stream(this.#client, this.#server, () => {
      if (this.#isBroken) return;
      // What came before went down with a process that had not taken it: this one knows of nothing.
      if (number !== ++this.#arrived) return this.#refuse();
      const serving = this.#taken();
      if (serving === undefined) this.#refuse();
      else act(serving);
    });
    if (!isSent) this.#break();
  }

  /** Who serves this connection: whoever was there when the first of it came. */
  #taken(): ServingMember | undefined {
    this.#serving ??= this.#server.serving;
    this.#serving?.connections.add(this);
    return this.#serving;
  }

  #refuse(): void {
    this.#isBroken = true;
    const told = (): void => {
      for (const end of this.#waiting) end({ kind: 'refused' });
      this.#clientBroken();
    };
    this.#client.time.arrive(this.#network.random.upTo(BREAK_MS / 10), told);
  }

  #toClient(act: () => void): void {
    if (this.#isBroken) return;
    if (!this.#network.stream(this.#server, this.#client, act)) this.#break();
  }

  /** Both ends find out, each in its time. */
  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    const { random } = this.#network;
    this.#client.time.arrive(random.upTo(BREAK_MS), () => this.#clientBroken());
    this.#server.time.arrive(random.upTo(BREAK_MS), () => this.#serverBroken());
  }

  #clientBroken(): void {
    for (const end of this.#waiting) end({ kind: 'lost' });
    for (const listener of this.#streams) {
      this.#streams.delete(listener);
      listener.ended(undefined);
    }
  }

  #serverBroken(): void {
    this.#serving?.connections.delete(this);
    for (const call of this.#served) call.cancel();
    this.#served.clear();
  }

  #serve(call: FakeUnaryCall | FakeBidiCall, handle: () => void): void {
    this.#served.add(call);
    try {
      handle();
    } catch (error) {
      this.#serving?.onHandlerError(error);
    }
  }
}

class RemoteUnaryCall extends FakeUnaryCall {
  readonly #done: (outcome: CallOutcome) => void;

  constructor(done: (outcome: CallOutcome) => void) {
    super();
    this.#done = done;
  }

  override reply(response: Uint8Array): void {
    if (this.isOver) return;
    super.reply(response);
    this.#done({ kind: 'answered', response });
  }

  override fail(failure: RpcFailure): void {
    if (this.isOver) return;
    super.fail(failure);
    this.#done({ kind: 'failed', failure });
  }
}

class RemoteBidiCall extends FakeBidiCall {
  readonly #listener: StreamListener;

  /** `window`: so many messages on their way are too many, until the client has got one of them. */
  constructor(window: number, listener: StreamListener) {
    super();
    this.sendMax = window;
    this.#listener = listener;
  }

  override send(message: Uint8Array): boolean {
    if (this.isOver) return true;
    const hasRoom = super.send(message);
    this.#listener.message(message);
    return hasRoom;
  }

  override end(): void {
    if (this.isOver) return;
    super.end();
    this.#listener.ended(undefined);
  }

  override fail(failure: RpcFailure): void {
    if (this.isOver) return;
    super.fail(failure);
    this.#listener.ended(failure);
  }
}
