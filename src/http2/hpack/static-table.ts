/** The table that both ends know from the start, RFC 7541 appendix A. */
import { HeaderField } from './header-field.ts';

const NAMES_AND_VALUES =
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|' +
  ':status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|' +
  'accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|' +
  'access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|' +
  'content-encoding|content-language|content-length|content-location|content-range|content-type|' +
  'cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|' +
  'if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|' +
  'proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|' +
  'strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate';

/** Index 1 of HPACK is place 0. Fields of one name follow one another. */
export const STATIC_TABLE: readonly HeaderField[] = NAMES_AND_VALUES.split('|').map((field) => {
  const space = field.indexOf(' ');
  return space < 0
    ? new HeaderField(field, '')
    : new HeaderField(field.slice(0, space), field.slice(space + 1));
});

const FIRST_PLACE_OF_NAME: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map(({ name }, place) => [name, place] as const).reverse(),
);

/** HPACK's index of the field; 0 when the table does not have it. */
export function staticIndexOf(name: string, value: string): number {
  const first = staticIndexOfName(name);
  if (first === 0) return 0;
  for (let place = first - 1; STATIC_TABLE[place]?.name === name; place++) {
    if (STATIC_TABLE[place]?.value === value) return place + 1;
  }
  return 0;
}

/** HPACK's first index of a field of that name; 0 when the table has none. */
export function staticIndexOfName(name: string): number {
  return (FIRST_PLACE_OF_NAME.get(name) ?? -1) + 1;
}
