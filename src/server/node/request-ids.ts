/**
 * Ids that tie an applied entry to the request waiting for it: 16 low bits of the member id,
 * then 48 bits that start at the start time in ms shifted by 8 and grow by one a request
 * (compat-facts 3). So ids of two runs of one member never meet, and members' ids differ.
 */
import { assert } from '../../base/assert.ts';
import type { LeaseId, MemberId } from '../../base/ids.ts';

const SUFFIX_BITS = 48n;
const SUFFIX_SIZE = 2 ** 48;

export class RequestIds {
  readonly #prefix: bigint;
  #suffix: number;

  constructor(member: MemberId, startWallMs: number) {
    assert(startWallMs >= 0, 'the wall clock is after 1970');
    this.#prefix = BigInt.asUintN(16, member) << SUFFIX_BITS;
    this.#suffix = (Math.floor(startWallMs) * 256) % SUFFIX_SIZE;
  }

  next(): bigint {
    this.#suffix = (this.#suffix + 1) % SUFFIX_SIZE;
    return this.#prefix | BigInt(this.#suffix);
  }

  /** An id for a lease: positive, and as fresh. */
  nextLease(): LeaseId {
    for (;;) {
      const id = BigInt.asUintN(63, this.next());
      if (id !== 0n) return id;
    }
  }
}
