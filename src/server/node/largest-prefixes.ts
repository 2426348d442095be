/**
 * Which prefixes of keys hold most of the data, found in one pass over keys in byte order.
 *
 * A prefix ends behind a `/`. As keys come in order, all of one prefix come one after the other:
 * when another follows, its sums are final, and of the prefixes within one only the largest few
 * are kept. So memory is bounded whatever the keys are.
 */
import { assert } from '../../base/assert.ts';
import { EMPTY_BYTES } from '../../base/bytes.ts';

/** Prefixes that are named. */
export const PREFIXES_MAX = 10;
/** How many `/` a prefix has at most, without a leading one. */
export const PREFIX_DEPTH_MAX = 3;
/** A prefix with more than this part of all bytes is split into those within it. */
const SPLIT_SHARE = 0.25;
const SLASH = 0x2f;

export interface PrefixShare {
  /** Empty: keys without any. */
  readonly prefix: Uint8Array;
  /** True for what the prefix holds besides the longer ones that are named. */
  readonly isRest: boolean;
  readonly keys: number;
  readonly bytes: number;
}

/** A prefix, with the largest of those one `/` longer. */
class PrefixNode implements PrefixShare {
  readonly isRest = false;
  readonly prefix: Uint8Array;
  readonly within: PrefixNode[] = [];
  keys = 0;
  bytes = 0;

  constructor(prefix: Uint8Array) {
    this.prefix = prefix;
  }

  /** `node` is complete; the smallest beyond the bound is dropped, and counts as rest. */
  keep(node: PrefixNode): void {
    const { within } = this;
    const at = within.findIndex(({ bytes }) => bytes < node.bytes);
    within.splice(at < 0 ? within.length : at, 0, node);
    if (within.length > PREFIXES_MAX) within.pop();
  }
}

export class LargestPrefixes {
  readonly #all = new PrefixNode(EMPTY_BYTES);
  /** Prefixes of the last key, from short to long. */
  readonly #open: PrefixNode[] = [];

  /** Of all keys so far. */
  get bytes(): number {
    return this.#all.bytes;
  }

  /** Counts a key of `bytes`, greater than those before; its start is enough. Copies of it. */
  add(key: Uint8Array, bytes: number): void {
    const ends = prefixEnds(key);
    this.#closeTo(this.#commonWith(key, ends));
    for (let depth = this.#open.length; depth < ends.length; depth++) {
      this.#open.push(new PrefixNode(key.slice(0, ends[depth])));
    }
    for (const node of [this.#all, ...this.#open]) {
      node.keys++;
      node.bytes += bytes;
    }
  }

  /** Up to {@link PREFIXES_MAX} that have no key in common, the largest first. Ends the pass. */
  largest(): PrefixShare[] {
    this.#closeTo(0);
    const shares: PrefixShare[] = [this.#all];
    for (;;) {
      shares.sort((a, b) => b.bytes - a.bytes);
      const split = shares.findIndex((share) => this.#isSplit(share));
      if (split < 0) return shares.filter(({ keys }) => keys > 0).slice(0, PREFIXES_MAX);
      const [node] = shares.splice(split, 1);
      assert(node instanceof PrefixNode, 'what is split has parts');
      shares.push(...node.within, restOf(node));
    }
  }

  #isSplit(share: PrefixShare): boolean {
    if (!(share instanceof PrefixNode) || share.within.length === 0) return false;
    return share === this.#all || share.bytes > SPLIT_SHARE * this.#all.bytes;
  }

  /** How many of the open prefixes are those of the key. */
  #commonWith(key: Uint8Array, ends: readonly number[]): number {
    let depth = 0;
    for (const { prefix } of this.#open) {
      if (ends[depth] !== prefix.length || !startsWith(key, prefix)) break;
      depth++;
    }
    return depth;
  }

  #closeTo(depth: number): void {
    while (this.#open.length > depth) {
      const node = this.#open.pop();
      if (node !== undefined) (this.#open.at(-1) ?? this.#all).keep(node);
    }
  }
}

/** Where the prefixes of a key end, from short to long. */
function prefixEnds(key: Uint8Array): number[] {
  const ends: number[] = [];
  for (let from = 1; ends.length < PREFIX_DEPTH_MAX; ) {
    const slash = key.indexOf(SLASH, from);
    if (slash < 0) break;
    ends.push(slash + 1);
    from = slash + 1;
  }
  return ends;
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  for (let at = prefix.length - 1; at >= 0; at--) if (key[at] !== prefix[at]) return false;
  return true;
}

function restOf({ prefix, keys, bytes, within }: PrefixNode): PrefixShare {
  const sum = { keys: 0, bytes: 0 };
  for (const node of within) {
    sum.keys += node.keys;
    sum.bytes += node.bytes;
  }
  return { prefix, isRest: true, keys: keys - sum.keys, bytes: bytes - sum.bytes };
}
