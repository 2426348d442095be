import { crc32c } from '../base/crc32c.ts';
import type { FileHandle } from '../base/ports/file-system.ts';
import { FileWindow } from './file-window.ts';
import {
  FRAME_HEADER_BYTES,
  type ParsedRecord,
  paddingFor,
  parseRecord,
  RecordType,
  readFrameHeader,
} from './record.ts';
import { looksTorn, SECTOR_BYTES } from './torn-write.ts';
import { WalError, type WalErrorCode } from './wal-error.ts';
import { isZero } from './zeros.ts';

/** Every segment begins with a crc and a metadata record, synced before it gets its name. */
const HEADER_RECORDS = 2;

/** One sound record and where it lies. */
export interface LogRecord {
  readonly type: number;
  /** A view that the next read invalidates. */
  readonly data: Uint8Array;
  readonly file: string;
  readonly offset: number;
}

export interface SegmentReaderOptions {
  readonly file: FileHandle;
  /** File name without its folder, for errors. */
  readonly name: string;
  /** Running checksum at the end of the segment before; undefined = begin with this segment's. */
  readonly crc: number | undefined;
  /** Only the last segment can end in an interrupted write. */
  readonly isLast: boolean;
}

/** Reads the records of one segment in order, checking frames, checksums and layout. */
export class SegmentReader {
  readonly #window: FileWindow;
  readonly #name: string;
  readonly #isLast: boolean;
  #crc: number | undefined;
  #offset = 0;
  #records = 0;

  constructor(options: SegmentReaderOptions) {
    this.#window = new FileWindow(options.file);
    this.#name = options.name;
    this.#isLast = options.isLast;
    this.#crc = options.crc;
  }

  /** Position after the last sound record. */
  get offset(): number {
    return this.#offset;
  }

  /** Running checksum after the last sound record. */
  get crc(): number {
    return this.#crc ?? 0;
  }

  /**
   * The next record, undefined at the end. Throws WAL_TORN, WAL_CRC_MISMATCH and WAL_CORRUPT;
   * the reader must not be used after that.
   */
  next(): LogRecord | undefined {
    const recordBytes = this.#frameHeader();
    if (recordBytes === 0) {
      if (this.#records >= HEADER_RECORDS) return undefined;
      throw this.#error('WAL_CORRUPT', 'wal: segment without its header');
    }
    const frameBytes = recordBytes + paddingFor(recordBytes);
    const start = this.#offset + FRAME_HEADER_BYTES;
    const frame = this.#window.view(start, frameBytes);
    const record = parseRecord(frame, recordBytes);
    if (typeof record === 'string') {
      throw this.#damage({ frame, record }, this.#error('WAL_CORRUPT', `wal: ${record} record`));
    }
    this.#requireLayout(record);
    this.#chain(record, frame);
    const { type, data } = record;
    const found: LogRecord = { type, data, file: this.#name, offset: this.#offset };
    this.#offset = start + frameBytes;
    this.#records++;
    return found;
  }

  /** Length of the next record, 0 at the end of the log. */
  #frameHeader(): number {
    const header = this.#window.view(this.#offset, FRAME_HEADER_BYTES);
    if (header.length === 0) return 0;
    if (header.length < FRAME_HEADER_BYTES) {
      const error = this.#error('WAL_CORRUPT', 'wal: cut length field');
      throw this.#damage({ frame: header, record: 'cut' }, error);
    }
    const recordBytes = readFrameHeader(
      new DataView(header.buffer, header.byteOffset, FRAME_HEADER_BYTES),
    );
    if (recordBytes === undefined) throw this.#error('WAL_CORRUPT', 'wal: malformed length field');
    if (recordBytes === 0) this.#requireZeroSector();
    return recordBytes;
  }

  /**
   * A sector reaches the disk as a whole, so a length that was never written has nothing behind
   * it in its sector. Otherwise it was there and got lost, with a record that may have been
   * acknowledged.
   */
  #requireZeroSector(): void {
    const rest = this.#window.view(this.#offset, SECTOR_BYTES - (this.#offset % SECTOR_BYTES));
    if (isZero(rest)) return;
    throw this.#error('WAL_CORRUPT', 'wal: record without its length');
  }

  /** The checksums do not cover types, so the places of the header's records are checked too. */
  #requireLayout(record: ParsedRecord): void {
    const isCrc = record.type === RecordType.crc;
    const isMetadata = record.type === RecordType.metadata;
    if (isCrc === (this.#records === 0) && isMetadata === (this.#records === 1)) return;
    throw this.#error('WAL_CORRUPT', `wal: record of type ${record.type} out of its place`);
  }

  #chain(record: ParsedRecord, frame: Uint8Array): void {
    if (record.type === RecordType.crc) this.#crc ??= record.crc;
    const computed = crc32c(record.data, this.#crc);
    if (computed !== record.crc) {
      const text = `walpb: crc mismatch: expected: ${record.crc.toString(16)} computed: ${computed.toString(16)}`;
      throw this.#damage({ frame, record }, this.#error('WAL_CRC_MISMATCH', text));
    }
    this.#crc = computed;
  }

  /** WAL_TORN where the damage is that of an interrupted write, else `error`. */
  #damage(
    found: { frame: Uint8Array; record: ParsedRecord | 'cut' | 'malformed' },
    error: WalError,
  ): WalError {
    const canBeTorn = this.#isLast && this.#records >= HEADER_RECORDS;
    if (!canBeTorn) return error;
    if (!looksTorn(found.frame, this.#offset + FRAME_HEADER_BYTES, found.record)) return error;
    return this.#error('WAL_TORN', 'unexpected EOF');
  }

  #error(code: WalErrorCode, message: string): WalError {
    return new WalError(code, message, { place: { file: this.#name, offset: this.#offset } });
  }
}
