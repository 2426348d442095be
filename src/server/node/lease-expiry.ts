/** The leader proposes the revocation of leases whose time is over, at a bounded rate. */
import type { AuthStore } from '../../auth/index.ts';
import type { LeaseId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Lessor } from '../../lease/index.ts';
import type { Outcome } from '../apply/requests.ts';
import type { MemberMeters } from '../metrics/member-meters.ts';
import type { Leadership } from './leadership.ts';
import type { Proposals } from './proposals.ts';

/** Leases taken per loop, at two loops a second; more wait for the next one. */
const EXPIRED_PER_LOOP = 500;
/** Revocations under way at once; the others of a loop wait for one to end. */
const REVOKES_IN_FLIGHT = 16;

export const EXPIRY_LOOP_MS = 500;

export interface LeaseExpiryPorts {
  readonly member: { readonly lessor: Lessor };
  readonly clock: Clock;
  readonly leadership: Pick<Leadership, 'isSure' | 'confirm'>;
  /** Proposes one revocation; `done` is called when it has been applied or has failed. */
  revoke(lease: LeaseId, done: () => void): void;
}

/** Proposes revocations in the name of root, and counts those that were applied. */
export function revocation(
  member: {
    readonly auth: Pick<AuthStore, 'root'>;
    readonly meters: Pick<MemberMeters, 'expiredLeases'>;
  },
  proposals: Pick<Proposals, 'proposeAsLeader'>,
): LeaseExpiryPorts['revoke'] {
  return (ID, done) => {
    const revoked = ({ error }: Outcome): void => {
      if (error === undefined) member.meters.expiredLeases++;
      done();
    };
    proposals.proposeAsLeader('leaseRevoke', { ID }, revoked, member.auth.root);
  };
}

const NOTHING = { run: (): void => undefined, fail: (): void => undefined };

export class LeaseExpiry {
  readonly #ports: LeaseExpiryPorts;
  #expired: LeaseId[] = [];
  #inFlight = 0;

  constructor(ports: LeaseExpiryPorts) {
    this.#ports = ports;
  }

  /** To be called every {@link EXPIRY_LOOP_MS}; does nothing on a member that does not lead. */
  loop(): void {
    const { member, clock, leadership } = this.#ports;
    if (!member.lessor.isPrimary) return;
    // Another leader may have renewed meanwhile what is over here. The next loop goes on.
    if (!leadership.isSure) return leadership.confirm(NOTHING);
    // What the last loop found comes first; the lessor reports again what is not revoked in time.
    if (this.#expired.length > 0) return;
    this.#expired = member.lessor.expired(clock.monotonicMs(), EXPIRED_PER_LOOP);
    this.#revokeNext();
  }

  #revokeNext(): void {
    // Who has stopped leading has no say in what the new leader's leases are.
    const { member, leadership } = this.#ports;
    if (!member.lessor.isPrimary || !leadership.isSure) this.#expired = [];
    while (this.#inFlight < REVOKES_IN_FLIGHT) {
      const lease = this.#expired.shift();
      if (lease === undefined) return;
      this.#inFlight += 1;
      this.#ports.revoke(lease, () => {
        this.#inFlight -= 1;
        this.#revokeNext();
      });
    }
  }
}
