import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';
import { Entry, HardState, Reader, Writer } from '../pb/index.ts';
import { RecordType } from './record.ts';
import { isEmptyHardState } from './segment-header.ts';

/** Records that are to become durable together, as bytes that can be handed to another thread. */
export interface WalBatch {
  /** Per record: type and data length as varints, then the data. Owns its ArrayBuffer. */
  readonly bytes: Uint8Array;
  /** Index of the last entry; 0 when there is none. */
  readonly lastIndex: LogIndex;
}

const writer = new Writer();

/**
 * Encodes what one raft Ready wants on disk: new entries (contiguous; the first may replace older
 * ones) and the hard state, if it changed. The state goes last: it may commit these entries.
 */
export function encodeBatch(entries: readonly Entry[], hardState?: HardState): WalBatch {
  writer.reset();
  // The writer fills its buffer from the end, so that lengths are known when they are written.
  if (hardState !== undefined && !isEmptyHardState(hardState)) {
    HardState.write(hardState, writer);
    writer.delimit(0);
    writer.uint32(RecordType.state);
  }
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry;
    const next = entries[i + 1];
    assert(next === undefined || next.index === entry.index + 1, 'entries are contiguous');
    const mark = writer.length;
    Entry.write(entry, writer);
    writer.delimit(mark);
    writer.uint32(RecordType.entry);
  }
  return { bytes: writer.finish(), lastIndex: entries.at(-1)?.index ?? 0 };
}

/** Calls `visit` for each record; `data` is a view of the batch. */
export function visitBatch(batch: WalBatch, visit: (type: number, data: Uint8Array) => void): void {
  const reader = new Reader(batch.bytes);
  while (!reader.done) {
    const type = reader.uint32();
    visit(type, reader.bytes());
  }
}
