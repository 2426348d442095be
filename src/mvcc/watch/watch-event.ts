import type { Revision } from '../../base/ids.ts';
import { Event, EventType, KeyValue } from '../../pb/index.ts';
import type { Change, HistoryRow } from '../ports.ts';

/** One change as watchers get it, encoded once for all that want prev_kv and once for the rest. */
export class WatchEvent {
  readonly revision: Revision;
  readonly isDelete: boolean;
  /** Encoded KeyValue; of a delete: key and mod_revision. */
  readonly kv: Uint8Array;
  #prevKv: Uint8Array | undefined;
  #plain: Uint8Array | undefined;
  #withPrevKv: Uint8Array | undefined;

  constructor(revision: Revision, change: Omit<Change, 'key'>) {
    this.revision = revision;
    this.isDelete = change.type === 'delete';
    this.kv = change.kv;
    this.#prevKv = change.prevKv;
  }

  /** A change of long ago; its former value is looked up only when somebody wants it. */
  static fromHistory(row: HistoryRow, key: Uint8Array): WatchEvent {
    // A stored tombstone has the key alone; clients are told when it was written, too.
    const kv = row.tombstone
      ? KeyValue.encode(KeyValue.create({ key, modRevision: row.main }))
      : row.kv;
    const type = row.tombstone ? 'delete' : 'put';
    return new WatchEvent(row.main, { type, kv, prevKv: undefined });
  }

  /** Supplies the former value, before the event is encoded with it. */
  supplyPrevKv(prevKv: Uint8Array | undefined): void {
    this.#prevKv = prevKv;
  }

  /** The encoded Event; `withPrevKv` makes no difference when there is no former value. */
  encoded(withPrevKv: boolean): Uint8Array {
    if (withPrevKv && this.#prevKv !== undefined) {
      this.#withPrevKv ??= this.#encode(this.#prevKv);
      return this.#withPrevKv;
    }
    this.#plain ??= this.#encode(undefined);
    return this.#plain;
  }

  #encode(prevKv: Uint8Array | undefined): Uint8Array {
    const type = this.isDelete ? EventType.DELETE : EventType.PUT;
    return Event.encode({ type, kv: this.kv, prevKv });
  }
}
