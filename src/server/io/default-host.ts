/** The address by which other machines most likely reach this one. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

const ROUTES = '/proc/net/route';

/**
 * First IPv4 address of the interface that the default route goes through, or undefined when
 * there is no such route or the system does not tell.
 */
export function findDefaultHost(): string | undefined {
  let routes: string;
  try {
    routes = readFileSync(ROUTES, 'utf8');
  } catch {
    return undefined;
  }
  const name = defaultInterface(routes);
  if (name === undefined) return undefined;
  return networkInterfaces()[name]?.find(({ family }) => family === 'IPv4')?.address;
}

/** Interface of the default route in the text of `/proc/net/route`; the first of the least metric. */
export function defaultInterface(routes: string): string | undefined {
  return routes
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , , , , , mask]) => isZero(destination) && isZero(mask))
    .sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0];
}

function isZero(hex: string | undefined): boolean {
  return hex === '00000000';
}
