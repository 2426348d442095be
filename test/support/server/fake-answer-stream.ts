/** An HTTP/2 stream that writes down what its user does; decodes the header blocks. */
import { EventEmitter, once } from 'node:events';
import { type HeaderField, HpackDecoder } from '../../../src/http2/hpack/index.ts';
import { ErrorCode, SEND_BUFFER_BYTES } from '../../../src/http2/index.ts';

export class FakeAnswerStream {
  readonly fields: [string, string][] = [];
  readonly #body: Uint8Array[] = [];
  readonly #events = new EventEmitter();
  /** Bytes of the body that were sent and not taken. */
  waiting = 0;
  /** Highest that `waiting` ever was. */
  waitingMost = 0;
  credited = 0;
  /** `complete`, or the name of the code it was reset by. */
  end: string | undefined;
  /** Takes what is sent at once. */
  isOpen = true;

  get body(): Buffer {
    return Buffer.concat(this.#body);
  }

  get status(): string | undefined {
    return this.field(':status');
  }

  field(name: string): string | undefined {
    return this.fields.find(([known]) => known === name)?.[1];
  }

  sendHeaders(block: Uint8Array): void {
    const fields: HeaderField[] = [];
    new HpackDecoder({ listBytesMax: 1 << 20 }).decode(block, 0, block.length, fields);
    for (const { name, value } of fields) this.fields.push([name, value]);
    this.#events.emit('headers');
  }

  send(bytes: Uint8Array): boolean {
    this.#body.push(bytes);
    if (this.isOpen) return true;
    this.waiting += bytes.length;
    this.waitingMost = Math.max(this.waitingMost, this.waiting);
    return this.waiting < SEND_BUFFER_BYTES;
  }

  endWithData(): void {
    this.#ended('complete');
  }

  reset(code: ErrorCode): void {
    const name = Object.entries(ErrorCode).find(([, value]) => value === code)?.[0];
    this.#ended(name ?? String(code));
  }

  credit(bytes: number): void {
    this.credited += bytes;
    this.#events.emit('credit');
  }

  async headers(): Promise<void> {
    if (this.fields.length === 0) await once(this.#events, 'headers');
  }

  /** Resolves with {@link end}. */
  async ended(): Promise<string> {
    if (this.end === undefined) await once(this.#events, 'end');
    return this.end ?? '';
  }

  /** Resolves when all of `bytes` was credited. */
  async creditOf(bytes: number): Promise<void> {
    while (this.credited < bytes) await once(this.#events, 'credit');
  }

  #ended(end: string): void {
    if (this.end !== undefined) throw new TypeError(`ended twice: ${this.end}, ${end}`);
    this.end = end;
    this.#events.emit('end');
  }
}
