/** Runs a script against a server of its own, and holds it to all that it must keep. */
import { concatBytes, fromLatin1 } from '../../src/base/bytes.ts';
import { encodeHeaderBlock } from '../../src/http2/hpack/index.ts';
import { checkAnswers, checkRequests, type Outcome } from './check-calls.ts';
import type { StreamModel } from './connection-model.ts';
import { Coverage } from './coverage.ts';
import {
  encodeFrame,
  Flag,
  type Frame,
  PREFACE_TEXT,
  STREAM_ID_MAX,
  Type,
  u32,
  unpadded,
} from './frame.ts';
import { expect } from './fuzz-failure.ts';
import { FuzzHandlers } from './fuzz-handlers.ts';
import type { ProbedState, Script, Step } from './script.ts';
import { Peer, World } from './world.ts';

const CANCEL = 8;
/** More than the server waits for the answer to a PING of its graceful end. */
const DRAIN_MS = 6000;
/** More than all answers, and little enough to be added to by the script. */
const WIDE_WINDOW_BYTES = 0x20000000;
/** By then the timer of all deadlines finds that there is none left. */
const IDLE_TIMER_MS = 10_000;
/** Pieces that one turn's bytes are cut into, at most. */
const PIECES_MAX = 400;
/** A flood of one frame counts as no more than so many. */
const COUNTED_TIMES_MAX = 5;
const SETTINGS = encodeFrame({
  type: Type.SETTINGS,
  flags: 0,
  streamId: 0,
  payload: u32(0).slice(4),
});
const UNARY_HEAD = encodeHeaderBlock([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/etcdserverpb.KV/Range'],
  [':authority', 'fresh'],
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
]);
const UNARY_MESSAGE = fromLatin1('\0\0\0\0\x05fresh');

export interface RunResult {
  /** Frames of the client. */
  readonly frames: number;
  readonly outcome: Outcome;
}

/** Throws FuzzFailure, or whatever the server throws. */
export function runScript(
  script: Script,
  handlers: FuzzHandlers = new FuzzHandlers(),
  coverage: Coverage = new Coverage(),
): RunResult {
  handlers.reset(script.handlerSeed);
  return new Run(script, new World(handlers), coverage).run();
}

class Run {
  readonly #script: Script;
  readonly #world: World;
  readonly #peer: Peer;
  /** Another connection of the server, whose client does nothing wrong. */
  readonly #bystander: Peer;
  #pending: Uint8Array[] = [];
  /** Payload bytes of the DATA frames among them. */
  #pendingData = 0;
  #frames = 0;
  #probe: Extract<Step, { kind: 'probe' }> | undefined;
  /** The script closed the socket. */
  #isCut = false;

  constructor(script: Script, world: World, coverage: Coverage) {
    this.#script = script;
    this.#world = world;
    this.#peer = new Peer(world, coverage);
    this.#bystander = new Peer(world, new Coverage());
    this.#bystander.deliver(concatBytes([fromLatin1(PREFACE_TEXT), SETTINGS]));
  }

  run(): RunResult {
    for (const step of this.#script.steps) this.#step(step);
    this.#deliver();
    this.#endTurn();
    this.#finish();
    const isAlive = !this.#peer.model.isOver;
    if (isAlive) this.#checkLife();
    this.#checkDeath();
    const { calls } = this.#world.handlers;
    checkRequests(this.#peer, calls);
    const outcome = checkAnswers(this.#peer, calls);
    this.#checkBystander();
    return { frames: this.#frames, outcome };
  }

  #step(step: Step): void {
    const { connection, sink } = this.#peer;
    switch (step.kind) {
      case 'frame':
        if (this.#script.isValid && step.frame.type === Type.DATA) this.#sendData(step.frame);
        else this.#queue(step.frame, step.times);
        break;
      case 'probe':
        this.#probe = step;
        break;
      case 'raw':
        this.#pending.push(step.bytes);
        break;
      case 'turn':
        this.#deliver();
        this.#endTurn();
        break;
      case 'clock':
        this.#passTime(step.ms);
        break;
      case 'act':
        this.#world.handlers.act(step.pick);
        this.#endTurn();
        break;
      case 'sinkFull':
        sink.isFull = true;
        break;
      case 'sinkDrained':
        this.#drain();
        break;
      case 'sinkClosed':
        this.#isCut = true;
        this.#peer.model.isOver = true;
        connection.onSinkClosed();
        connection.checkInvariants();
        break;
      case 'shutdown':
        connection.shutdown();
        this.#endTurn();
    }
  }

  /** Sends the frame that waits for a state, if a stream is in it. */
  #fireProbe(): void {
    if (this.#probe === undefined || this.#isLost || !this.#peer.client.isBetweenFrames) return;
    const { frame, state } = this.#probe;
    const streamId = this.#streamIn(state);
    if (streamId === undefined) return;
    this.#probe = undefined;
    this.#frames++;
    this.#peer.deliver(encodeFrame({ ...frame, streamId }));
    this.#endTurn();
  }

  #streamIn(state: ProbedState): number | undefined {
    const { goAways, highestId, streams } = this.#peer.model;
    if (state === 'shutting down') return goAways.length > 0 ? 0 : undefined;
    if (state === 'idle') return highestId + 2;
    if (state === 'closed unused') {
      for (let id = 1; id < highestId; id += 2) if (!streams.has(id)) return id;
      return undefined;
    }
    for (const stream of streams.values()) if (stream.state === state) return stream.id;
    return undefined;
  }

  #queue(frame: Frame, times = 1): void {
    const bytes = encodeFrame(frame);
    for (let left = times; left > 0; left--) this.#pending.push(bytes);
    this.#frames += Math.min(times, COUNTED_TIMES_MAX);
  }

  /** A client that keeps the rules sends what the server takes, and waits when that is nothing. */
  #sendData(frame: Frame): void {
    let rest = frame;
    for (let room = this.#room(rest); room < rest.payload.length; room = this.#room(rest)) {
      rest = { ...rest, flags: rest.flags & ~Flag.PADDED, payload: unpadded(rest) ?? rest.payload };
      if (room <= 0) {
        this.#makeRoom(rest);
      } else if (room < rest.payload.length) {
        this.#queue({ ...rest, flags: 0, payload: rest.payload.subarray(0, room) });
        this.#pendingData += room;
        rest = { ...rest, payload: rest.payload.subarray(room) };
      }
    }
    this.#pendingData += rest.payload.length;
    this.#queue(rest);
  }

  /** Has the server take something: it may wait for the client to take answers. */
  #makeRoom(frame: Frame): void {
    this.#deliver();
    this.#drain();
    if (this.#room(frame) > 0) return;
    this.#openWindows();
    if (this.#room(frame) > 0) return;
    const { handlers } = this.#world;
    expect(handlers.waiting > 0, 'valid: a window stays shut', frame);
    handlers.act(0);
    this.#drain();
  }

  #room({ streamId }: Frame): number {
    return this.#window(streamId) - this.#pendingData;
  }

  /** Bytes that the client may send. */
  #window(streamId: number): number {
    const { model } = this.#peer;
    const stream = model.streams.get(streamId);
    // What the server has closed takes anything.
    if (stream?.isClosed === true || model.isOver) return Number.POSITIVE_INFINITY;
    return Math.min(stream?.clientWindow ?? model.clientInitialWindow, model.clientWindow);
  }

  #deliver(): void {
    const pieces = this.#pieces();
    this.#pending = [];
    this.#pendingData = 0;
    if (this.#isCut) return;
    if (this.#script.answers) this.#answer(this.#peer);
    for (const piece of pieces) this.#peer.deliver(piece);
  }

  #pieces(): Uint8Array[] {
    const { pieces } = this.#script;
    if (pieces.kind === 'frames' || this.#pending.length === 0) return this.#pending;
    const whole = concatBytes(this.#pending);
    if (pieces.kind === 'whole') return [whole];
    const size = Math.max(pieces.size, Math.ceil(whole.length / PIECES_MAX));
    const cut: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += size) cut.push(whole.slice(at, at + size));
    return cut;
  }

  #settle(): void {
    this.#world.time.settle();
    this.#endTurn();
  }

  #endTurn(): void {
    const { client, connection, model, server, sink } = this.#peer;
    this.#world.time.endTurn();
    connection.checkInvariants();
    server.checkWhole();
    if (!sink.isDrainOwed) client.turnEnded();
    const [bug] = this.#world.bugs;
    if (bug !== undefined) throw bug;
    if (this.#isCut) return;
    if (client.doom !== undefined) expect(model.isFailed && sink.isEnded, 'lives on', client.doom);
    expect(!model.isFailed || sink.isEnded, 'GOAWAY with an error, and no end');
    if (model.isOver && !connection.isClosed) expect(false, 'sink ended by an open connection');
    this.#fireProbe();
  }

  #passTime(ms: number): void {
    const { time } = this.#world;
    time.advance(ms);
    for (const peer of [this.#bystander, this.#peer]) {
      if (peer === this.#peer && this.#isCut) continue;
      peer.connection.tick(time.monotonicMs());
    }
    this.#endTurn();
    this.#answer(this.#bystander);
    this.#endTurn();
  }

  /** The client acknowledges what it has to. */
  #answer({ client, connection, model }: Peer): void {
    if (!client.isBetweenFrames || model.isOver || client.doom !== undefined) return;
    const frames: Uint8Array[] = [];
    const acknowledge = (type: number, payload: Uint8Array): void => {
      frames.push(encodeFrame({ type, flags: Flag.ACK, streamId: 0, payload }));
    };
    for (; model.serverSettings > 0; model.serverSettings--) {
      acknowledge(Type.SETTINGS, new Uint8Array());
    }
    for (const payload of model.serverPings.splice(0)) acknowledge(Type.PING, payload);
    const bytes = concatBytes(frames);
    client.send(bytes);
    connection.receive(bytes);
  }

  #drain(): void {
    if (this.#peer.sink.drain() && !this.#isCut) this.#peer.connection.onSinkDrained();
    this.#settle();
  }

  /** Brings to an end what the script began: frames, handlers, answers that wait for a window. */
  #finish(): void {
    this.#drain();
    this.#finishFrames();
    this.#world.handlers.finish();
    this.#settle();
    this.#openWindows();
    if (this.#script.isValid) this.#checkValid();
  }

  #finishFrames(): void {
    const { client } = this.#peer;
    if (client.prefaceLeft > 0) this.#send(fromLatin1(PREFACE_TEXT.slice(-client.prefaceLeft)));
    while (client.missing > 0 && !this.#isLost) this.#send(new Uint8Array(client.missing));
    if (!client.hasSettings) this.#send(SETTINGS);
    if (client.blockOf !== undefined) {
      this.#sendFrame(Type.CONTINUATION, client.blockOf, new Uint8Array(), Flag.END_HEADERS);
    }
  }

  get #isLost(): boolean {
    return this.#peer.model.isOver || this.#peer.client.doom !== undefined;
  }

  #openWindows(): void {
    const { model } = this.#peer;
    const more = WIDE_WINDOW_BYTES - model.serverWindow;
    if (more > 0) this.#sendFrame(Type.WINDOW_UPDATE, 0, u32(more));
    for (const stream of this.#openStreams()) {
      const increment = WIDE_WINDOW_BYTES - stream.serverWindow;
      if (increment > 0) this.#sendFrame(Type.WINDOW_UPDATE, stream.id, u32(increment));
    }
  }

  #openStreams(): StreamModel[] {
    return [...this.#peer.model.streams.values()].filter((stream) => !stream.isClosed);
  }

  #checkValid(): void {
    const { model } = this.#peer;
    expect(!model.isOver, 'valid: the connection ends', JSON.stringify(model.goAways));
    for (const stream of model.streams.values()) {
      if (stream.clientReset || !stream.clientEnded) continue;
      expect(stream.isClosed, 'valid: every call ends', `stream ${stream.id}, ${stream.state}`);
      expect(stream.serverAnswered || stream.serverReset, 'valid: every call is answered');
    }
  }

  /** A connection that lives answers a PING and a call. */
  #checkLife(): void {
    const { client, model, sink } = this.#peer;
    for (const stream of this.#openStreams()) {
      this.#sendFrame(Type.RST_STREAM, stream.id, u32(CANCEL));
    }
    this.#sendFrame(Type.PING, 0, fromLatin1('lifesign'));
    if (!this.#isLost) this.#checkOwed();
    if (model.goAways.length > 0 && !model.isOver) {
      this.#answer(this.#peer);
      this.#settle();
      this.#passTime(DRAIN_MS);
      this.#settle();
      expect(sink.isEnded, 'a graceful end that does not come', JSON.stringify(model.goAways));
    }
    if (!model.isOver) this.#checkFreshCall(this.#peer);
    expect(client.doom === undefined || model.isOver, 'lives on', client.doom);
  }

  #checkOwed(): void {
    const { connection, model } = this.#peer;
    expect(model.pingsOwed.length === 0, 'PING without answer');
    expect(model.settingsOwed.length === 0, 'SETTINGS without answer');
    expect(connection.streamCount === 0, 'streams that nobody opened or all closed');
  }

  /** The connection, or what was left of it, is closed: everybody knows, and nothing is kept. */
  #checkDeath(): void {
    const { connection, model, sink, taps } = this.#peer;
    if (sink.isEnded && !this.#isCut) expect(model.goAways.length > 0, 'closed without GOAWAY');
    model.isOver = true;
    connection.onSinkClosed();
    this.#world.time.settle();
    connection.checkInvariants();
    expect(connection.isClosed, 'open although the socket is closed');
    expect(connection.streamCount === 0, 'streams on a closed connection');
    for (const tap of taps.values()) expect(tap.isOver, 'a user was not told', `stream ${tap.id}`);
    for (const call of this.#world.handlers.calls) {
      expect(call.ended === 1, 'a call without end', `${call.path}, stream ${call.streamId}`);
    }
    expect(this.#world.callsOpen === 0, 'calls counted as open', `${this.#world.callsOpen}`);
  }

  #checkBystander(): void {
    const { connection, model } = this.#bystander;
    this.#answer(this.#bystander);
    this.#world.time.settle();
    this.#checkFreshCall(this.#bystander);
    expect(model.goAways.length === 0, 'another connection was hurt');
    connection.onSinkClosed();
    const { time } = this.#world;
    time.advance(IDLE_TIMER_MS);
    expect(time.timers === 0, 'timers are left', `${time.timers}`);
    expect(this.#world.callsOpen === 0, 'calls counted as open', `${this.#world.callsOpen}`);
  }

  #checkFreshCall(peer: Peer): void {
    const { client, connection, model } = peer;
    const streamId = model.highestId === 0 ? 1 : model.highestId + 2;
    if (streamId > STREAM_ID_MAX) return;
    const bytes = concatBytes([
      frame(Type.HEADERS, streamId, UNARY_HEAD, Flag.END_HEADERS),
      frame(Type.DATA, streamId, UNARY_MESSAGE, Flag.END_STREAM),
      ...(model.serverInitialWindow < 1000 ? [frame(Type.WINDOW_UPDATE, streamId, u32(1000))] : []),
    ]);
    client.send(bytes);
    connection.receive(bytes);
    this.#world.time.settle();
    connection.checkInvariants();
    if (model.isFailed && peer === this.#peer && !this.#script.isValid) return;
    const answer = model.streams.get(streamId);
    const body = concatBytes(answer?.answerBody ?? []);
    const isAnswered = answer?.trailers?.get('grpc-status') === '0';
    expect(isAnswered, 'stuck: no answer to a fresh call', JSON.stringify(model.goAways));
    expect(Buffer.compare(body, UNARY_MESSAGE) === 0, 'a fresh call is answered wrong');
  }

  #sendFrame(type: number, streamId: number, payload: Uint8Array, flags = 0): void {
    this.#send(frame(type, streamId, payload, flags));
  }

  #send(bytes: Uint8Array): void {
    if (this.#isLost || this.#isCut) return;
    this.#peer.deliver(bytes);
    this.#settle();
  }
}

function frame(type: number, streamId: number, payload: Uint8Array, flags = 0): Uint8Array {
  return encodeFrame({ type, flags, streamId, payload });
}
