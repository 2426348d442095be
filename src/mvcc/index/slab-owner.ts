/** Who owns an entry of the key slabs: a slot its key, or an inner node one of its separators. */
import type { Slot } from './slot.ts';
import type { NodeId } from './sorted-nodes.ts';

export type SlabOwner = number;

export function keyOwner(slot: Slot): SlabOwner {
  return (slot << 1) >>> 0;
}

export function separatorOwner(node: NodeId): SlabOwner {
  return ((node << 1) | 1) >>> 0;
}

export function isKeyOwner(owner: SlabOwner): boolean {
  return (owner & 1) === 0;
}

/** The slot or the inner node. */
export function ownerNumber(owner: SlabOwner): number {
  return owner >>> 1;
}
