/**
 * Names for the numbers that cross module borders. The rule for 64-bit fields is in
 * `docs/ARCHITECTURE.md`: identities are `bigint`, counters are `number`.
 */

/** Raft term, from 0 (no term yet). */
export type Term = number;
/** Raft log index, from 1; 0 means "before the first entry". */
export type LogIndex = number;
/** Main revision of the store. An empty store is at 1, the first write makes 2. */
export type Revision = number;
/** Member id: the unsigned 64-bit value. */
export type MemberId = bigint;
/** Cluster id: the unsigned 64-bit value. */
export type ClusterId = bigint;
/** Lease id: a signed 64-bit value, as on the wire; 0 means "no lease". */
export type LeaseId = bigint;
