/**
 * A slot is a small integer that stands for a key while the index holds it. Slots are reused
 * after a compaction drops their key, so nobody keeps one across turns.
 */
export type Slot = number;
export const NO_SLOT: Slot = -1;
