/**
 * The network between simulated processes. Each direction of a connection has its own quality,
 * and may be cut. What arrives does so in a task of the receiver: one that is paused gets it
 * later, one that has ended never.
 */
import type { PeerServices } from '../../../src/server/peer/serve/peer-services.ts';
import type { ProcessTime } from '../process-time.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SimTrace } from '../sim-trace.ts';
import type { ServingMember } from './client-connection.ts';
import type { SimPeerTransport } from './sim-peer-transport.ts';

/** A machine on the network, and what listens there now. */
export class Host {
  readonly name: string;
  /** Differs from those of all others. */
  readonly number: number;
  readonly time: ProcessTime;
  /** Undefined while nothing listens. */
  transport: SimPeerTransport | undefined;
  services: PeerServices | undefined;
  serving: ServingMember | undefined;

  constructor(name: string, number: number, time: ProcessTime) {
    this.name = name;
    this.number = number;
    this.time = time;
  }

  /** Nothing listens any more. */
  close(): void {
    this.transport = undefined;
    this.services = undefined;
    this.serving = undefined;
  }
}

export interface LinkQuality {
  readonly delayMs: number;
  /** Up to so much comes on top. */
  readonly jitterMs: number;
  readonly lossPermille: number;
  readonly duplicatePermille: number;
  /** How often something is not held back by what was sent before. */
  readonly reorderPermille: number;
}

export const GOOD_LINK: LinkQuality = {
  delayMs: 0.3,
  jitterMs: 0.5,
  lossPermille: 0,
  duplicatePermille: 0,
  reorderPermille: 0,
};

/** `silent`: what is sent vanishes. `refused`: the sender is told. */
export type CutKind = 'silent' | 'refused';

interface Link {
  quality: LinkQuality;
  cut: CutKind | undefined;
  /** What arrives in order arrives after this. */
  lastArrivalMs: number;
}

/** What the sender could know of what it sent. */
export type Fate = 'sent' | 'lost' | 'refused';

export interface NetworkCounts {
  posted: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

export interface PostOptions {
  /** It must not come twice. */
  readonly once?: boolean;
  /** It is for whoever ran at the receiver in this life of it, and nobody else. */
  readonly life?: number | undefined;
}

/** Between two things that arrive in order. */
const ORDER_MS = 0.001;

export class SimNetwork {
  readonly trace: SimTrace;
  readonly random: SeededRandom;
  readonly counts: NetworkCounts = { posted: 0, lost: 0, duplicated: 0, reordered: 0 };
  /** How often a part of a snapshot breaks its transfer off, and how long each takes. */
  snapshotAbortPermille = 0;
  snapshotPartMs = 0;
  readonly #links = new Map<number, Link>();
  readonly #byUrl = new Map<string, Host>();
  #hosts = 0;

  constructor(random: SeededRandom, trace: SimTrace) {
    this.random = random;
    this.trace = trace;
  }

  /** A new machine, which is found at `urls`. */
  join(name: string, time: ProcessTime, urls: readonly string[] = []): Host {
    const host = new Host(name, this.#hosts++, time);
    for (const url of urls) this.#byUrl.set(url, host);
    return host;
  }

  hostAt(url: string): Host | undefined {
    return this.#byUrl.get(url);
  }

  /** Sets how good the way from `from` to `to` is. */
  setQuality(from: Host, to: Host, quality: LinkQuality): void {
    this.#link(from, to).quality = quality;
  }

  /** Nothing gets from `from` to `to`. */
  cut(from: Host, to: Host, kind: CutKind): void {
    this.#link(from, to).cut = kind;
  }

  /** Things get from `from` to `to` again. */
  mend(from: Host, to: Host): void {
    this.#link(from, to).cut = undefined;
  }

  /** All links are whole and good again. */
  heal(): void {
    for (const link of this.#links.values()) {
      link.cut = undefined;
      link.quality = GOOD_LINK;
    }
  }

  /** Sends a datagram: `deliver` runs at `to` once, never, or twice unless it must not. */
  post(from: Host, to: Host, deliver: () => void, options: PostOptions = {}): Fate {
    const link = this.#link(from, to);
    const { random, counts } = this;
    const { once = false, life } = options;
    counts.posted++;
    if (link.cut !== undefined) {
      counts.lost++;
      return link.cut === 'refused' ? 'refused' : 'lost';
    }
    if (random.chance(link.quality.lossPermille)) {
      counts.lost++;
      return 'lost';
    }
    if (random.chance(link.quality.reorderPermille)) {
      counts.reordered++;
      to.time.arrive(this.#delayMs(link) * 3, deliver, life);
    } else {
      this.#inOrder(link, to, deliver, life);
    }
    if (!once && random.chance(link.quality.duplicatePermille)) {
      counts.duplicated++;
      to.time.arrive(this.#delayMs(link) * 4, deliver, life);
    }
    return 'sent';
  }

  /** Sends a part of a stream: in order behind those before it. False: the stream is broken. */
  stream(from: Host, to: Host, deliver: () => void, life?: number): boolean {
    const link = this.#link(from, to);
    if (link.cut !== undefined) return false;
    this.#inOrder(link, to, deliver, life);
    return true;
  }

  #inOrder(link: Link, to: Host, deliver: () => void, life: number | undefined): void {
    const { nowMs } = to.time.time;
    const arrivalMs = Math.max(nowMs + this.#delayMs(link), link.lastArrivalMs + ORDER_MS);
    link.lastArrivalMs = arrivalMs;
    to.time.arrive(arrivalMs - nowMs, deliver, life);
  }

  #delayMs({ quality }: Link): number {
    return quality.delayMs + this.random.upTo(quality.jitterMs);
  }

  #link(from: Host, to: Host): Link {
    const number = from.number * 1024 + to.number;
    let link = this.#links.get(number);
    if (link === undefined) {
      link = { quality: GOOD_LINK, cut: undefined, lastArrivalMs: 0 };
      this.#links.set(number, link);
    }
    return link;
  }
}
