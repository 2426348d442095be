/**
 * Keeps clients out while auth is on, which the services do not ask for yet: a member of a cluster
 * whose users have been given rights takes part in it, but serves nobody.
 */
import type { AuthStore } from '../../auth/index.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import type { RpcFailure } from '../../grpc/index.ts';
import type { OpenCalls } from './open-calls.ts';

const LOOK_EVERY_MS = 100;

/** Unavailable: clients that know other members go to these. */
export const AUTH_NOT_SERVED: RpcFailure = {
  code: 'Unavailable',
  message:
    'etcd-ts: authentication is enabled, which this version cannot serve: ask another member',
};

export interface AuthGatePorts {
  readonly scheduler: Scheduler;
  readonly member: { readonly auth: Pick<AuthStore, 'isEnabled'> };
  readonly calls: OpenCalls;
}

/** Ends the streams that were opened before; new calls are refused by the rules of calls. */
export class AuthGate {
  readonly #timer: Timer;

  constructor({ scheduler, member, calls }: AuthGatePorts) {
    this.#timer = scheduler.every(LOOK_EVERY_MS, () => {
      if (member.auth.isEnabled) calls.endAll(AUTH_NOT_SERVED);
    });
  }

  stop(): void {
    this.#timer.cancel();
  }
}
