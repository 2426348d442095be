/**
 * A member that starts among others need not wait a whole election time-out before it may
 * campaign: when it is connected, the clock of raft is put forward (`--initial-election-tick-advance`).
 */
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import type { PeerActivity } from '../membership/peer-activity.ts';

const LOOK_MS = 50;
/** As long as it may take to connect; then there is nothing to be gained any more. */
const LOOKS_MAX = 100;
/** What is left, for a leader that is slow to be heard of. */
const TICKS_LEFT = 2;

/** Calls `tick` so often once more than one peer is active; the timer ends the wait. */
export function advanceElectionTicks(
  electionTicks: number,
  ports: { scheduler: Scheduler; peers: PeerActivity; tick: () => void },
): Timer {
  const { scheduler, peers, tick } = ports;
  let looks = 0;
  const timer = scheduler.every(LOOK_MS, () => {
    looks++;
    const isConnected = peers.activePeers > 1;
    if (isConnected || looks === LOOKS_MAX) timer.cancel();
    if (!isConnected) return;
    for (let ticks = TICKS_LEFT; ticks < electionTicks; ticks++) tick();
  });
  return timer;
}
