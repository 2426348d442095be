/**
 * What locks and elections share: whoever contends for a name puts the key `name/<lease in hex>`
 * with that lease, and the key that was created first wins. The others wait, each for the one
 * before it only, so that the end of one wakes one (compat-facts 1.7).
 */
import { concatBytes } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import {
  Compare,
  CompareResult,
  CompareTarget,
  Event,
  EventType,
  KeyValue,
  PutRequest,
  RangeRequest,
  RequestOp,
  type ResponseHeader,
  type ResponseOp,
  SortOrder,
  SortTarget,
} from '../../pb/index.ts';
import type { LocalClient } from './local-client.ts';

/** TTL of the lease of a contender that brings none. Nobody keeps it alive. */
const SESSION_TTL_S = 60;

/** The lease to contend with: the one given, or a fresh one for 0. */
export async function sessionLease(client: LocalClient, lease: bigint): Promise<bigint> {
  return lease === 0n ? client.grantLease(SESSION_TTL_S) : lease;
}

/** A key in a contest. */
export interface Contender {
  readonly header: ResponseHeader | undefined;
  readonly key: Uint8Array;
  readonly createRevision: Revision;
  /** What the key held already, when it was there before. */
  readonly former: KeyValue | undefined;
  /** Who was first just then. */
  readonly first: KeyValue | undefined;
}

export class Contest {
  readonly #client: LocalClient;
  readonly #prefix: Uint8Array;

  constructor(client: LocalClient, name: Uint8Array) {
    this.#client = client;
    this.#prefix = concatBytes([name, utf8Bytes('/')]);
  }

  /** All keys of the contest, as a half-open range. */
  get range(): { readonly key: Uint8Array; readonly rangeEnd: Uint8Array } {
    const rangeEnd = Uint8Array.from(this.#prefix);
    // The character behind the slash.
    rangeEnd[rangeEnd.length - 1] = 0x30;
    return { key: this.#prefix, rangeEnd };
  }

  /** Asks for the key that was created first. */
  get firstRequest(): RangeRequest {
    return RangeRequest.create({
      ...this.range,
      limit: 1,
      sortTarget: SortTarget.CREATE,
      sortOrder: SortOrder.ASCEND,
    });
  }

  /** Puts the key of this lease, unless it is there: then it goes on as it is. */
  async enter(lease: bigint, value: Uint8Array): Promise<Contender> {
    const key = concatBytes([this.#prefix, utf8Bytes(lease.toString(16))]);
    const getFirst = RequestOp.create({ requestRange: this.firstRequest });
    const { header, succeeded, responses } = await this.#client.txn({
      compare: [createdAt(key, 0)],
      success: [putOp({ key, value, lease }), getFirst],
      failure: [RequestOp.create({ requestRange: RangeRequest.create({ key }) }), getFirst],
    });
    if (succeeded && this.#client.isCancelled) await this.#client.deleteKey(key);
    this.#client.throwIfCancelled();
    const former = succeeded ? undefined : rangedKey(responses[0]);
    const createRevision = former?.createRevision ?? header?.revision ?? 0;
    return { header, key, createRevision, former, first: rangedKey(responses[1]) };
  }

  /** Resolves when no key is left that was created before `revision`. */
  async waitUntilFirst(revision: Revision): Promise<void> {
    for (;;) {
      const { header, kvs } = await this.#client.range({
        ...this.range,
        limit: 1,
        sortTarget: SortTarget.CREATE,
        sortOrder: SortOrder.DESCEND,
        maxCreateRevision: revision - 1,
      });
      const before = kvs[0];
      if (before === undefined) return;
      const { key } = KeyValue.decode(before);
      await this.#deletion(key, (header?.revision ?? 0) + 1);
    }
  }

  async #deletion(key: Uint8Array, startRevision: Revision): Promise<void> {
    const watch = this.#client.watch({ key, startRevision });
    try {
      for (;;) {
        const { events } = await watch.next();
        if (events.some((event) => Event.decode(event).type === EventType.DELETE)) return;
      }
    } finally {
      watch.close();
    }
  }
}

/** True for a key that was created at `revision`; 0 for one that does not exist. */
export function createdAt(key: Uint8Array, revision: Revision): Compare {
  return Compare.create({
    key,
    target: CompareTarget.CREATE,
    result: CompareResult.EQUAL,
    createRevision: revision,
  });
}

export function putOp(request: Pick<PutRequest, 'key' | 'value' | 'lease'>): RequestOp {
  return RequestOp.create({ requestPut: PutRequest.create(request) });
}

function rangedKey(response: ResponseOp | undefined): KeyValue | undefined {
  const encoded = response?.responseRange?.kvs[0];
  return encoded === undefined ? undefined : KeyValue.decode(encoded);
}
