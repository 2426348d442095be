/**
 * Calls that may go on for ever, so that others than their handlers can end them: a stopping
 * server, whose clients then go elsewhere at once, and a member that has lost its leader.
 */
import type { Call } from '../../grpc/index.ts';
import { failureOf } from './rpc-errors.ts';

export class OpenCalls {
  readonly #all = new Set<Call>();
  /** Those whose clients want them ended when there is no leader. */
  readonly #needingLeader = new Set<Call>();

  /** Takes a call until it ends. */
  add(call: Call, needs: { readonly leader: boolean }): void {
    this.#all.add(call);
    if (needs.leader) this.#needingLeader.add(call);
    call.onEnd(() => {
      this.#all.delete(call);
      this.#needingLeader.delete(call);
    });
  }

  get size(): number {
    return this.#all.size;
  }

  /** The server stops. */
  endAll(): void {
    for (const call of this.#all) call.abort(failureOf('SERVER_STOPPED'));
  }

  /** There has been no leader for too long. */
  endThoseNeedingLeader(): void {
    for (const call of this.#needingLeader) call.abort(failureOf('SERVER_NO_LEADER'));
  }
}
