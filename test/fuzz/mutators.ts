/** Ways to spoil a script: each takes steps and returns them changed. */
import { concatBytes, fromLatin1 } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/ports/random.ts';
import { STREAM_STATES } from './connection-model.ts';
import {
  Flag,
  type Frame,
  PAYLOAD_BYTES_MAX,
  SettingId,
  STREAM_ID_MAX,
  settingsPayload,
  Type,
  u32,
} from './frame.ts';
import type { ProbedState, Step } from './script.ts';

type Mutator = (steps: Step[], random: Random, other: () => readonly Step[]) => void;

const CLOCK_JUMPS_MS = [1, 100, 1000, 11_000, 61_000, 3_600_000, 7_300_000];
/** More than any flood limit lets through at once. */
const FLOODS = [30, 30, 30, 300, 300, 1100, 21_000];

const PROBED_STATES: readonly ProbedState[] = [...STREAM_STATES, 'shutting down'];

const WRONG_SETTINGS: readonly (readonly [id: number, value: number])[] = [
  [SettingId.ENABLE_PUSH, 2],
  [SettingId.INITIAL_WINDOW_SIZE, 0x80000000],
  [SettingId.MAX_FRAME_SIZE, 16_383],
  [SettingId.MAX_FRAME_SIZE, 0x1000000],
];

/** Where a probe is put: soon enough to meet a state that does not last. */
const EARLY = 6;
const CANCEL = 8;

/** How often each is drawn, beside the others. */
const MUTATORS: readonly (readonly [weight: number, mutator: Mutator])[] = [
  [6, flipBits],
  [3, cutBytes],
  [2, insertBytes],
  [4, dropStep],
  [4, repeatStep],
  [4, swapSteps],
  [5, changeStreamId],
  [3, lieAboutLength],
  [4, changeFlags],
  [4, changeType],
  [3, changePayload],
  [2, splice],
  [8, insertFrame],
  [2, truncate],
  [4, jumpClock],
  [3, blockSink],
  [1, closeSink],
  [1, shutDown],
  [5, act],
  [4, endTurn],
];
const WEIGHTS = MUTATORS.reduce((sum, [weight]) => sum + weight, 0);

/** Changes `steps` in one way. `other` draws traffic to take from. */
export function mutate(steps: Step[], random: Random, other: () => readonly Step[]): void {
  if (steps.length === 0) return;
  let draw = random.below(WEIGHTS);
  for (const [weight, mutator] of MUTATORS) {
    draw -= weight;
    if (draw >= 0) continue;
    mutator(steps, random, other);
    return;
  }
}

/** Changes that leave the client's bytes as they are. */
export function disturb(steps: Step[], random: Random): void {
  const gentle = [act, endTurn, blockSink, pause];
  (gentle[random.below(gentle.length)] as Mutator)(steps, random, () => []);
}

function flipBits(steps: Step[], random: Random): void {
  changeFrame(steps, random, (frame) => {
    const payload = frame.payload.slice();
    for (let flips = random.below(3); flips >= 0 && payload.length > 0; flips--) {
      const at = random.below(payload.length);
      payload[at] = (payload[at] as number) ^ (1 << random.below(8));
    }
    return { ...frame, payload };
  });
}

/** The rest of the bytes comes too soon: what follows is read as something else. */
function cutBytes(steps: Step[], random: Random): void {
  changeFrame(steps, random, (frame) => {
    const { payload } = frame;
    const from = random.below(payload.length + 1);
    const kept = concatBytes([payload.subarray(0, from), payload.subarray(from + random.below(9))]);
    return { ...frame, payload: kept, length: payload.length };
  });
}

function insertBytes(steps: Step[], random: Random): void {
  const bytes = Uint8Array.from({ length: 1 + random.below(20) }, () => random.below(256));
  steps.splice(random.below(steps.length + 1), 0, { kind: 'raw', bytes });
}

function dropStep(steps: Step[], random: Random): void {
  steps.splice(random.below(steps.length), 1);
}

function repeatStep(steps: Step[], random: Random): void {
  const at = random.below(steps.length);
  const step = steps[at];
  if (step?.kind !== 'frame') return;
  const isFlood = random.below(12) === 0 && step.frame.payload.length < 100;
  const times = isFlood ? pick(FLOODS, random) : 2 + random.below(3);
  steps[at] = { ...step, times };
}

function swapSteps(steps: Step[], random: Random): void {
  const one = random.below(steps.length);
  const two = random.below(2) === 0 ? random.below(steps.length) : (one + 1) % steps.length;
  const kept = steps[one] as Step;
  steps[one] = steps[two] as Step;
  steps[two] = kept;
}

function changeStreamId(steps: Step[], random: Random): void {
  const streamId = anyStreamId(steps, random);
  changeFrame(steps, random, (frame) => ({ ...frame, streamId }));
}

function lieAboutLength(steps: Step[], random: Random): void {
  changeFrame(steps, random, (frame) => {
    const { length } = frame.payload;
    const lies = [0, length + 1, length - 1, length + 9, PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX + 1];
    return { ...frame, length: Math.max(pick([...lies, 0xffffff], random), 0) };
  });
}

function changeFlags(steps: Step[], random: Random): void {
  const flag = pick([...Object.values(Flag), 0x40, 0x80], random);
  changeFrame(steps, random, (frame) => ({ ...frame, flags: frame.flags ^ flag }));
}

function changeType(steps: Step[], random: Random): void {
  const type = random.below(12) === 0 ? random.below(256) : random.below(11);
  changeFrame(steps, random, (frame) => ({ ...frame, type }));
}

function changePayload(steps: Step[], random: Random): void {
  const length = pick(
    [0, 1, 4, 5, 6, 8, 9, 1000, PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX + 1],
    random,
  );
  const fill = pick([0, 0xff, 0x80, random.below(256)], random);
  const payload = new Uint8Array(length).fill(fill);
  changeFrame(steps, random, (frame) => ({ ...frame, payload }));
}

/** The rest of another connection's traffic instead of this one's. */
function splice(steps: Step[], random: Random, other: () => readonly Step[]): void {
  steps.splice(random.below(steps.length + 1));
  const rest = other();
  steps.push(...rest.slice(random.below(rest.length + 1)));
}

function insertFrame(steps: Step[], random: Random): void {
  const frame = {
    ...frameOf(random.below(Type.CONTINUATION + 2), random),
    streamId: anyStreamId(steps, random),
  };
  const isOfConnection = frame.type === Type.SETTINGS || frame.type === Type.PING;
  const streamId = isOfConnection && random.below(4) > 0 ? 0 : frame.streamId;
  const at = 1 + random.below(steps.length);
  // Alone in its turn it meets a state that both ends know.
  const turn: Step = { kind: 'turn' };
  const step: Step = { kind: 'frame', frame: { ...frame, streamId } };
  steps.splice(at, 0, ...(random.below(2) === 0 ? [turn, step, turn] : [step]));
}

/** Has a frame meet a state: the pair with this number, of which there are finitely many. */
export function addProbe(steps: Step[], random: Random, number: number): void {
  const state = PROBED_STATES[number % PROBED_STATES.length] as ProbedState;
  const type = Math.floor(number / PROBED_STATES.length) % (Type.CONTINUATION + 2);
  const probe: Step = { kind: 'probe', frame: frameOf(type, random), state };
  // Streams are seen in more of their states when not all of a call comes in one turn.
  for (let at = steps.length; at > 0; at--) if (random.below(2) === 0) endTurnAt(steps, at);
  if (state === 'shutting down') insert(steps, random, { kind: 'shutdown' });
  if (state === 'closed by RST_STREAM of the client') resetAStream(steps, random);
  steps.splice(1 + random.below(Math.min(steps.length, EARLY)), 0, probe);
}

function endTurnAt(steps: Step[], at: number): void {
  steps.splice(at, 0, { kind: 'turn' });
}

function resetAStream(steps: Step[], random: Random): void {
  const streamId = anyStreamId(steps, random);
  const frame = { type: Type.RST_STREAM, flags: 0, streamId, payload: u32(CANCEL) };
  const last = steps.findLastIndex(
    (step) => step.kind === 'frame' && step.frame.streamId === streamId,
  );
  steps.splice(Math.max(last, 1), 0, { kind: 'frame', frame }, { kind: 'turn' });
}

function truncate(steps: Step[], random: Random): void {
  if (random.below(3) === 0) steps.splice(1 + random.below(steps.length));
}

function jumpClock(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'clock', ms: pick(CLOCK_JUMPS_MS, random) });
}

/** Less than any limit on time, so that it harms nobody. */
function pause(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'clock', ms: random.below(20) });
}

function blockSink(steps: Step[], random: Random): void {
  const from = insert(steps, random, { kind: 'sinkFull' });
  if (random.below(8) === 0) return;
  const to = from + 1 + random.below(steps.length - from);
  steps.splice(to, 0, { kind: 'turn' }, { kind: 'sinkDrained' });
}

function closeSink(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'sinkClosed' });
}

function shutDown(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'shutdown' });
}

function act(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'act', pick: random.below(8) });
}

function endTurn(steps: Step[], random: Random): void {
  insert(steps, random, { kind: 'turn' });
}

/** Inserts a step behind the first; returns its place. */
function insert(steps: Step[], random: Random, step: Step): number {
  const at = 1 + random.below(steps.length);
  steps.splice(at, 0, step);
  return at;
}

function changeFrame(steps: Step[], random: Random, change: (frame: Frame) => Frame): void {
  const at = random.below(steps.length);
  const step = steps[at];
  if (step?.kind === 'frame') steps[at] = { ...step, frame: change(step.frame) };
}

/** Mostly one that the steps use, or a neighbour of it. */
function anyStreamId(steps: readonly Step[], random: Random): number {
  if (random.below(20) === 0) {
    return pick([0, 2, STREAM_ID_MAX, STREAM_ID_MAX - 1, 0x80000001, 1_000_001], random);
  }
  const step = steps[random.below(steps.length)];
  const id = step?.kind === 'frame' ? step.frame.streamId : 1;
  return random.below(3) === 0 ? Math.max(0, id + pick([-2, 1, 2, 4], random)) : id;
}

/** A frame that is right, or nearly; `type` beyond CONTINUATION: of an unknown type. */
function frameOf(type: number, random: Random): Frame {
  const of = (payload: Uint8Array, flags = 0): Frame => ({ type, flags, streamId: 0, payload });
  switch (type) {
    case Type.DATA:
      return of(new Uint8Array(random.below(400)), random.below(2));
    case Type.HEADERS:
      return of(anyHead(random), random.below(8) === 0 ? random.below(2) : 4 + random.below(2));
    case Type.PRIORITY:
      return of(concatBytes([u32(random.below(8)), Uint8Array.of(9)]));
    case Type.RST_STREAM:
      return of(u32(random.below(16)));
    case Type.SETTINGS:
      return random.below(8) === 0 ? of(new Uint8Array(), Flag.ACK) : of(anySettings(random));
    case Type.PING:
      return of(u64(random), random.below(3) === 0 ? Flag.ACK : 0);
    case Type.GOAWAY:
      return of(concatBytes([u32(random.below(9)), u32(random.below(16))]));
    case Type.WINDOW_UPDATE:
      return of(u32(pick([0, 1, 65_535, 0x7fffffff, 0x80000001], random)));
    case Type.CONTINUATION:
      return of(Uint8Array.of(0x82), random.below(2) * Flag.END_HEADERS);
    case Type.PUSH_PROMISE:
      return of(concatBytes([u32(2), Uint8Array.of(0x82)]), Flag.END_HEADERS);
    default:
      return { ...of(new Uint8Array(random.below(30))), type: 10 + random.below(246) };
  }
}

function anyHead(random: Random): Uint8Array {
  const get = Uint8Array.of(0x82, 0x86, 0x84, 0x41, 1, 0x61);
  return pick([get, get, trailers(), oddHead(random)], random);
}

/** Heads that HPACK takes and HTTP does not. */
function oddHead(random: Random): Uint8Array {
  const head = Uint8Array.of(0x82, 0x86, 0x84);
  const plain = (name: string, value: string): Uint8Array => {
    const parts = [Uint8Array.of(0, name.length), fromLatin1(name)];
    return concatBytes([...parts, Uint8Array.of(value.length), fromLatin1(value)]);
  };
  const odd = [
    plain('Upper', 'x'),
    plain('connection', 'close'),
    plain('te', 'gzip'),
    plain('content-length', '7'),
    plain(':status', '200'),
    plain('', 'x'),
    plain('x', 'a\nb'),
    Uint8Array.of(0x82),
    Uint8Array.of(0x20, 0x3f),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x0f),
  ];
  return concatBytes([head, pick(odd, random)]);
}

function trailers(): Uint8Array {
  return concatBytes([Uint8Array.of(0, 1), fromLatin1('x'), Uint8Array.of(1), fromLatin1('y')]);
}

function anySettings(random: Random): Uint8Array {
  if (random.below(3) === 0) return settingsPayload([pick(WRONG_SETTINGS, random)]);
  const id = pick([...Object.values(SettingId), 99], random);
  return settingsPayload([[id, pick([0, 1, 2, 16_384, 65_535, 0x7fffffff, 0x80000000], random)]]);
}

function u64(random: Random): Uint8Array {
  return concatBytes([u32(random.below(0x1_0000_0000)), u32(0)]);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random.below(from.length)] as T;
}
