/**
 * What clients of a simulated cluster asked and what they were told, and what really happened.
 * Keys and values are Latin-1 strings. Every put of a run writes a value of its own, so that a
 * value names the write it came from; every lease id is chosen by the client and used once.
 */

/** The keys `[from, end)`; without an end all keys from `from` on. */
export interface Span {
  readonly from: string;
  readonly end: string | undefined;
}

/** A key as the store shows it. */
export interface Row {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

export interface KeyRow extends Row {
  readonly key: string;
}

export interface PutRequest {
  readonly kind: 'put';
  readonly key: string;
  readonly value: string;
  /** 0 = none. */
  readonly lease: bigint;
}

export interface DeleteRequest {
  readonly kind: 'delete';
  readonly span: Span;
}

/** Without limit, filter or order: all keys of the span, ascending. */
export interface RangeRequest {
  readonly kind: 'range';
  readonly span: Span;
  /** 0 = the current one. */
  readonly revision: number;
  readonly isSerializable: boolean;
}

export type KeyRequest = PutRequest | DeleteRequest | RangeRequest;

/** Compares one key; a missing key has zeroes, and no value at all. */
export interface Compare {
  readonly key: string;
  readonly target: 'value' | 'version' | 'createRevision' | 'modRevision' | 'lease';
  readonly relation: '=' | '!=' | '<' | '>';
  /** A string for the target `value`, a bigint for `lease`, else a number. */
  readonly operand: string | number | bigint;
}

/** Ranges inside have revision 0 and, if the txn writes, are as linearizable as it is. */
export interface TxnRequest {
  readonly kind: 'txn';
  readonly compares: readonly Compare[];
  readonly success: readonly KeyRequest[];
  readonly failure: readonly KeyRequest[];
}

export interface GrantRequest {
  readonly kind: 'grant';
  /** Not 0. */
  readonly lease: bigint;
  readonly ttlSeconds: number;
}

export interface RevokeRequest {
  readonly kind: 'revoke';
  readonly lease: bigint;
}

export interface CompactRequest {
  readonly kind: 'compact';
  readonly revision: number;
}

export type Request = KeyRequest | TxnRequest | GrantRequest | RevokeRequest | CompactRequest;

/**
 * `previous` is what the answer shows as previous keys: undefined if they were not asked for,
 * else a list, empty if there were none.
 */
export interface PutResult {
  readonly kind: 'put';
  readonly previous: readonly KeyRow[] | undefined;
}

export interface DeleteResult {
  readonly kind: 'delete';
  /** Undefined: not known (a part of an answer for several keys). */
  readonly deleted: number | undefined;
  readonly previous: readonly KeyRow[] | undefined;
}

export interface RangeResult {
  readonly kind: 'range';
  readonly rows: readonly KeyRow[];
}

export type KeyResult = PutResult | DeleteResult | RangeResult;

export interface TxnResult {
  readonly kind: 'txn';
  readonly isSuccess: boolean;
  /** One for each request of the branch that was taken. */
  readonly results: readonly KeyResult[];
}

/** The answer to a grant, revoke or compaction shows nothing but its header. */
export interface PlainResult {
  readonly kind: 'grant' | 'revoke' | 'compact';
}

export type Result = KeyResult | TxnResult | PlainResult;

/** A place in the one order of all events of a run: calls, returns and watch responses. */
export type Sequence = number;

export type Outcome =
  /** `revision` is the header's. */
  | {
      readonly kind: 'answered';
      readonly returned: Sequence;
      readonly revision: number;
      readonly result: Result;
    }
  /** Refused: it never took effect (see `isDefiniteFailure`). */
  | { readonly kind: 'refused'; readonly returned: Sequence; readonly error: string }
  /** Nothing is known: it takes effect once at any time after the call, or never. */
  | { readonly kind: 'unknown'; readonly error: string };

/** One request of one client, as the client saw it. */
export interface Operation {
  readonly client: number;
  readonly called: Sequence;
  readonly request: Request;
  readonly outcome: Outcome;
}

/** A key as it is from a revision on. */
export interface Change {
  readonly key: string;
  /** Undefined: deleted. */
  readonly row: Row | undefined;
}

/** What really happened at one revision, in the order of sub-revisions; never empty. */
export interface Revision {
  readonly revision: number;
  readonly changes: readonly Change[];
}

/** A client has seen this revision: nothing linearizable that is called later shows less. */
export interface Sighting {
  readonly at: Sequence;
  readonly revision: number;
}

/** A promise that was broken. */
export interface Violation {
  /** Which promise: a name of the README's table. */
  readonly rule: string;
  readonly text: string;
}
