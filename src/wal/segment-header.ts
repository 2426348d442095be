import { HardState } from '../pb/index.ts';
import { RecordType } from './record.ts';
import type { RecordFramer } from './record-framer.ts';

/** Size at which a segment is closed and the next one begun; also what is preallocated. */
export const SEGMENT_BYTES = 64_000_000;

/** Adds the records every segment begins with: checksum so far, metadata, and the state if any. */
export function addSegmentHeader(
  framer: RecordFramer,
  header: { readonly metadata: Uint8Array; readonly hardState: HardState },
): void {
  framer.addCrc();
  framer.add(RecordType.metadata, header.metadata);
  if (!isEmptyHardState(header.hardState)) {
    framer.add(RecordType.state, HardState.encode(header.hardState));
  }
}

/** A state that says nothing is never written. */
export function isEmptyHardState(state: HardState): boolean {
  return state.term === 0 && state.vote === 0n && state.commit === 0;
}
