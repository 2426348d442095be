/** Encodes the header blocks of gRPC requests: literal once, indexed ever after. */
import { TABLE_BYTES_MAX } from '../../src/http2/hpack/index.ts';
import { type Field, IndexingEncoder } from './indexing-encoder.ts';

/** One direction of one connection: blocks must be sent in the order in which they were asked for. */
export class HeaderBlocks {
  readonly #authority: string;
  readonly #encoder = new IndexingEncoder();
  /** Blocks of indexes only, which stay right as long as nothing is added to the table. */
  readonly #cached = new Map<string, Uint8Array>();
  /** The table's size has changed since the last block, which must be said in the next one. */
  #resized = false;

  constructor(authority: string) {
    this.#authority = authority;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. We never use more than the default. */
  resize(bytesMax: number): void {
    const size = Math.min(bytesMax, TABLE_BYTES_MAX);
    if (size === this.#encoder.tableBytesMax) return;
    this.#encoder.resize(size);
    this.#resized = true;
    this.#cached.clear();
  }

  /** The block of a request to `path`. The caller must not change it. */
  of(path: string): Uint8Array {
    return this.#cached.get(path) ?? this.#encode(path);
  }

  #encode(path: string): Uint8Array {
    const before = this.#encoder.remembered;
    const block = this.#encoder.encode(this.#fields(path));
    if (this.#encoder.remembered !== before) this.#cached.clear();
    else if (!this.#resized) this.#cached.set(path, block);
    this.#resized = false;
    return block;
  }

  #fields(path: string): Field[] {
    return [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', this.#authority],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ['user-agent', 'etcd-ts-bench'],
    ];
  }
}
