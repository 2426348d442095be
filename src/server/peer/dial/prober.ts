/**
 * Asks a peer for its time every few seconds: how long the way there and back takes, how far its
 * clock is from ours, and connections that do not fall asleep in between.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Timer } from '../../../base/ports/scheduler.ts';
import type { MemberUrl } from '../../config/member-url.ts';
import { hexId } from '../../membership/member.ts';
import { PeerError, reasonOf } from '../errors.ts';
import type { PeerContext, PeerView } from '../peer-context.ts';
import { answerText } from './answer.ts';
import { UrlPicker } from './url-picker.ts';

export const PROBE_PERIOD_MS = 4000;
/** How often the state is looked at, and the round trip recorded: while all is well, and else. */
const LOOK_PERIOD_MS = { healthy: 30_000, unhealthy: 5000 };
/** A clock that is farther off gets a warning. */
const CLOCK_DIFFERENCE_MS_MAX = 1000;
/** Part of a new round trip in the smoothed one (RFC 6298). */
const SMOOTHING = 0.125;

export class Prober {
  readonly #peer: PeerView;
  readonly #context: PeerContext;
  /** Its own choice of URL: a failed probe says nothing about the streams. */
  readonly #picker: UrlPicker;
  readonly #timer: Timer;
  #look: Timer;
  #probe: ClientRequest | undefined;
  /** Undefined before the first answer. */
  #smoothedMs: number | undefined;
  /** How far the peer's clock is behind ours; negative when it is ahead. */
  #clockDifferenceMs = 0;
  #error: string | undefined = 'not probed yet';

  constructor(peer: PeerView, urls: readonly MemberUrl[], context: PeerContext) {
    this.#peer = peer;
    this.#context = context;
    this.#picker = new UrlPicker(urls);
    this.#timer = context.scheduler.every(PROBE_PERIOD_MS, () => this.#ask());
    this.#look = this.#lookAfter(LOOK_PERIOD_MS.unhealthy);
  }

  update(urls: readonly MemberUrl[]): void {
    this.#picker.update(urls);
  }

  stop(): void {
    this.#timer.cancel();
    this.#look.cancel();
    this.#probe?.destroy();
  }

  #ask(): void {
    // The one before has not come back: a failure, and no reason to have two under way.
    if (this.#probe !== undefined) {
      this.#probe.destroy(new PeerError('PEER_UNREACHABLE', 'probe timed out'));
      return;
    }
    const startMs = this.#context.clock.monotonicMs();
    const url = this.#picker.pick();
    const probe = this.#context.client.open({
      url,
      method: 'GET',
      path: '/raft/probing',
      headers: {},
      connection: 'pooled',
    });
    this.#probe = probe;
    answerOf(probe)
      .then((peerNowMs) => this.#answered(startMs, peerNowMs))
      .catch((error: unknown) => {
        this.#error = reasonOf(error);
        this.#picker.unreachable(url);
      })
      .finally(() => {
        this.#probe = undefined;
      });
    probe.end();
  }

  #answered(startMs: number, peerNowMs: number): void {
    const { clock } = this.#context;
    const roundTripMs = clock.monotonicMs() - startMs;
    const beforeMs = this.#smoothedMs ?? roundTripMs;
    this.#smoothedMs = (1 - SMOOTHING) * beforeMs + SMOOTHING * roundTripMs;
    this.#clockDifferenceMs = clock.wallMs() - peerNowMs - this.#smoothedMs / 2;
    this.#error = undefined;
  }

  #lookAfter(delayMs: number): Timer {
    return this.#context.scheduler.after(delayMs, () => {
      this.#report();
      const isHealthy = this.#error === undefined;
      this.#look = this.#lookAfter(isHealthy ? LOOK_PERIOD_MS.healthy : LOOK_PERIOD_MS.unhealthy);
    });
  }

  #report(): void {
    const { quietLog, counters, id } = this.#peer;
    const roundTripMs = this.#smoothedMs ?? 0;
    const fields = {
      'round-tripper-name': 'ROUND_TRIPPER_RAFT_MESSAGE',
      'remote-peer-id': hexId(id),
      rtt: `${roundTripMs}ms`,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
    if (this.#error !== undefined) quietLog.warn('prober detected unhealthy status', fields);
    if (Math.abs(this.#clockDifferenceMs) > CLOCK_DIFFERENCE_MS_MAX) {
      quietLog.warn('prober found high clock drift', {
        ...fields,
        'clock-drift': `${this.#clockDifferenceMs}ms`,
      });
    }
    if (this.#smoothedMs !== undefined) counters.roundTripSeconds.observe(roundTripMs / 1000);
  }
}

/** The time of the peer in its answer, in milliseconds since the Unix epoch. */
async function answerOf(probe: ClientRequest): Promise<number> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    probe.once('response', resolve);
    probe.on('error', reject);
  });
  const text = await answerText(answer);
  if (answer.statusCode !== 200) {
    const status = `${answer.statusCode ?? 0} ${answer.statusMessage ?? ''}`;
    throw new PeerError('PEER_REFUSED', `got unexpected HTTP status code ${status}`);
  }
  return timeOf(text);
}

function timeOf(text: string): number {
  const health = parsed(text);
  if (typeof health === 'object' && health !== null && 'OK' in health && 'Now' in health) {
    const nowMs = typeof health.Now === 'string' ? Date.parse(health.Now) : Number.NaN;
    if (health.OK === true && !Number.isNaN(nowMs)) return nowMs;
  }
  throw new PeerError('PEER_MALFORMED', 'the answer to a probe is none');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
