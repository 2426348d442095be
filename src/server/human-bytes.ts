const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** A size as etcd's log lines have it: `999 B`, `2.1 GB`, `25 MB`; decimal, at least two digits. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  const digits = unit === 0 || rounded >= 10 ? rounded.toFixed(0) : rounded.toFixed(1);
  return `${digits} ${UNITS[unit]}`;
}
