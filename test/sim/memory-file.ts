import type { Random } from '../../src/base/ports/random.ts';

/** What the disk writes as a whole, or not at all. */
export const SECTOR_BYTES = 512;

/**
 * Content of one file as the running system sees it, and as the disk would show it after a power
 * loss. The disk takes whole sectors: each un-synced one survives or not, independently.
 */
export class MemoryFile {
  sizeBytes = 0;
  #content = new Uint8Array(0);
  #durable = new Uint8Array(0);
  #durableSizeBytes = 0;
  readonly #dirtySectors = new Set<number>();

  read(target: Uint8Array, position: number): number {
    const end = Math.min(this.sizeBytes, position + target.length);
    if (end <= position) return 0;
    target.set(this.#content.subarray(position, end));
    return end - position;
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (end > this.sizeBytes) this.resize(end);
    this.#content.set(bytes, position);
    this.#markDirty(position, end);
  }

  resize(sizeBytes: number): void {
    if (sizeBytes > this.#content.length) {
      this.#content = grown(this.#content, Math.max(sizeBytes, this.#content.length * 2));
    }
    const [low, high] = [Math.min(sizeBytes, this.sizeBytes), Math.max(sizeBytes, this.sizeBytes)];
    this.#content.fill(0, low, high);
    this.#markDirty(low, high);
    this.sizeBytes = sizeBytes;
  }

  /** The same file, un-synced sectors included, that changes on its own. */
  copy(): MemoryFile {
    const copy = new MemoryFile();
    copy.sizeBytes = this.sizeBytes;
    copy.#content = this.#content.slice();
    copy.#durable = this.#durable.slice();
    copy.#durableSizeBytes = this.#durableSizeBytes;
    for (const sector of this.#dirtySectors) copy.#dirtySectors.add(sector);
    return copy;
  }

  sync(): void {
    if (this.#durable.length < this.#content.length) {
      this.#durable = grown(this.#durable, this.#content.length);
    }
    for (const sector of this.#dirtySectors) this.#persist(sector);
    this.#dirtySectors.clear();
    this.#durableSizeBytes = this.sizeBytes;
  }

  /**
   * What Linux does when write-back fails: the pages count as clean, so that a second sync
   * succeeds although the bytes never reached the disk.
   */
  failSync(): void {
    this.#dirtySectors.clear();
  }

  /** The file that a restart finds after the power was lost now. */
  afterPowerLoss(random: Random): MemoryFile {
    const found = new MemoryFile();
    const keepsSize = this.sizeBytes !== this.#durableSizeBytes && random.below(2) === 0;
    found.resize(keepsSize ? this.sizeBytes : this.#durableSizeBytes);
    found.#content.set(this.#durable.subarray(0, Math.min(found.sizeBytes, this.#durable.length)));
    for (const sector of this.#dirtySectors) {
      const start = sector * SECTOR_BYTES;
      const end = Math.min(start + SECTOR_BYTES, found.sizeBytes, this.#content.length);
      if (start < end && random.below(2) === 0) {
        found.#content.set(this.#content.subarray(start, end), start);
      }
    }
    found.sync();
    return found;
  }

  #persist(sector: number): void {
    const start = sector * SECTOR_BYTES;
    this.#durable.set(this.#content.subarray(start, start + SECTOR_BYTES), start);
  }

  #markDirty(from: number, to: number): void {
    const last = Math.ceil(to / SECTOR_BYTES);
    for (let at = Math.floor(from / SECTOR_BYTES); at < last; at++) this.#dirtySectors.add(at);
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
