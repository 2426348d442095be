/**
 * The writes of one applied entry: they share the next main revision and take sub-revisions
 * 0, 1, 2… in order. Each is visible in the index as soon as it is made; the store's revision
 * moves at the end, all in one turn, so that nobody else ever sees half of it.
 */
import { assert } from '../../base/assert.ts';
import { copyBytes } from '../../base/bytes.ts';
import type { LeaseId, Revision } from '../../base/ids.ts';
import { KeyValue, Writer } from '../../pb/index.ts';
import { NO_SLOT, type Slot } from '../key-index.ts';
import type { Change } from '../ports.ts';
import type { RevisionState } from '../revision-state.ts';
import type { StorePorts } from '../store-ports.ts';
import type { StoredValues } from '../stored-values.ts';

/** A put, as it will be stored. */
export interface NewValue {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: LeaseId;
}

const writer = new Writer();

/** Good until the next call: who keeps it copies it, as cache and buffer do. */
function encodedHere(kv: KeyValue): Uint8Array {
  writer.reset();
  KeyValue.write(kv, writer);
  return writer.view();
}

export class WriteTxn {
  readonly #ports: StorePorts;
  readonly #values: StoredValues;
  readonly #revisions: RevisionState;
  readonly #main: Revision;
  readonly #changes: Change[] = [];
  #nextSub = 0;

  constructor(ports: StorePorts, values: StoredValues, revisions: RevisionState) {
    this.#ports = ports;
    this.#values = values;
    this.#revisions = revisions;
    this.#main = revisions.current + 1;
  }

  /** The revision that a read in this txn is at: the new one from the first write on. */
  get revision(): Revision {
    return this.#nextSub > 0 ? this.#main : this.#main - 1;
  }

  /** Stores a put and ties the key to its lease, if that still exists. */
  put(next: NewValue): void {
    const { index, sink, values, buffer, leases } = this.#ports;
    const { key, lease } = next;
    const former = index.find(key);
    const existed = former !== NO_SLOT && index.isLive(former);
    const interest = sink.interest(key);
    const before = existed && interest === 'event-with-prev' ? this.#before(former) : undefined;
    const sub = this.#nextSub++;
    const slot = index.put(key, this.#main, sub);
    const createRevision = index.createMain(slot);
    const kv = encodedHere({
      key,
      createRevision,
      modRevision: this.#main,
      version: index.version(slot),
      value: next.value,
      lease,
    });
    values.set(slot, kv);
    buffer.putRevision({ main: this.#main, sub, tombstone: false, kv });
    if (lease !== 0n && leases.exists(lease)) leases.attach(lease, key);
    else if (existed) leases.detach(key);
    if (interest !== 'none') {
      const prevKv = createRevision < this.#main ? before : undefined;
      this.#changes.push({ type: 'put', key: copyBytes(key), kv: copyBytes(kv), prevKv });
    }
  }

  /** Deletes the key of a live slot. */
  delete(slot: Slot): void {
    const { index, sink, values, buffer, leases } = this.#ports;
    assert(index.isLive(slot), 'only a live key is deleted');
    const key = index.key(slot);
    const interest = sink.interest(key);
    const prevKv = interest === 'event-with-prev' ? this.#before(slot) : undefined;
    const sub = this.#nextSub++;
    index.tombstone(slot, this.#main, sub);
    values.remove(slot);
    const kv = KeyValue.encode(KeyValue.create({ key }));
    buffer.putRevision({ main: this.#main, sub, tombstone: true, kv });
    leases.detach(key);
    if (interest !== 'none') {
      const event = KeyValue.encode(KeyValue.create({ key, modRevision: this.#main }));
      this.#changes.push({ type: 'delete', key, kv: event, prevKv });
    }
  }

  /**
   * Owned copy of the value before this txn, which is what events call the former value: a
   * change that the same txn made to the key earlier does not count.
   */
  #before(slot: Slot): Uint8Array | undefined {
    const at = this.#ports.index.at(slot, this.#main - 1);
    if (at === undefined) return undefined;
    const inMemory = this.#values.inMemory(slot, at, this.#ports.buffer);
    return inMemory === undefined ? this.#values.fromDisk(at) : copyBytes(inMemory);
  }

  /** Owned copy of the newest value of a live slot. */
  value(slot: Slot): Uint8Array {
    return copyBytes(this.#values.newest(slot));
  }

  /** Publishes the new revision, if anything changed. Returns the store's revision. */
  commit(): Revision {
    if (this.#nextSub === 0) return this.#revisions.current;
    assert(this.#revisions.current === this.#main - 1, 'one write txn at a time');
    this.#revisions.current = this.#main;
    this.#ports.sink.committed(this.#main, this.#changes);
    return this.#main;
  }
}
