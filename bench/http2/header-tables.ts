/** The tables of HPACK that both ends share, RFC 7541 sections 2.3 and 4, appendix A. */

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Size of a dynamic table unless SETTINGS say otherwise. */
export const TABLE_BYTES_DEFAULT = 4096;

const STATIC_NAMES_AND_VALUES =
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|' +
  ':status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|' +
  'accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|' +
  'access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|' +
  'content-encoding|content-language|content-length|content-location|content-range|content-type|' +
  'cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|' +
  'if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|' +
  'proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|' +
  'strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate';

/** Index 1 of HPACK is place 0. */
export const STATIC_TABLE: readonly HeaderField[] = STATIC_NAMES_AND_VALUES.split('|').map(
  (field) => {
    const space = field.indexOf(' ');
    return space < 0
      ? { name: field, value: '' }
      : { name: field.slice(0, space), value: field.slice(space + 1) };
  },
);

const ENTRY_OVERHEAD_BYTES = 32;

/** Fields that one end has told the other to remember, newest first, bounded by bytes. */
export class DynamicTable {
  /** Oldest first: the index counts from the back. */
  readonly #fields: HeaderField[] = [];
  #bytes = 0;
  #bytesMax: number = TABLE_BYTES_DEFAULT;

  get length(): number {
    return this.#fields.length;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** The field that HPACK calls `index`, static or dynamic; undefined when there is none. */
  at(index: number): HeaderField | undefined {
    if (index <= STATIC_TABLE.length) return STATIC_TABLE[index - 1];
    return this.#fields[this.#fields.length - (index - STATIC_TABLE.length)];
  }

  /** Whether a field fits without evicting another. */
  hasRoomFor(field: HeaderField): boolean {
    return this.#bytes + sizeOf(field) <= this.#bytesMax;
  }

  /** Adds a field, evicting the oldest; one larger than the table leaves it empty. */
  add(field: HeaderField): void {
    this.#fields.push(field);
    this.#bytes += sizeOf(field);
    this.#evict();
  }

  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#evict();
  }

  /** HPACK's index of a field, static or dynamic; undefined when it is in neither. */
  indexOf(field: HeaderField): number | undefined {
    const same = (other: HeaderField): boolean =>
      other.name === field.name && other.value === field.value;
    const fixed = STATIC_TABLE.findIndex(same);
    if (fixed >= 0) return fixed + 1;
    const dynamic = this.#fields.findLastIndex(same);
    return dynamic < 0 ? undefined : STATIC_TABLE.length + this.#fields.length - dynamic;
  }

  #evict(): void {
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#fields.shift();
      if (oldest === undefined) return;
      this.#bytes -= sizeOf(oldest);
    }
  }
}

function sizeOf(field: HeaderField): number {
  return field.name.length + field.value.length + ENTRY_OVERHEAD_BYTES;
}
