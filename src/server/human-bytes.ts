const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** A size as etcd's log lines have it: `999 B`, `2.1 GB`, `25 MB`; decimal, at least two digits. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const tenths = Math.floor(value * 10 + 0.5);
  const digits = unit === 0 || tenths >= 100 ? wholes(tenths) : (tenths / 10).toFixed(1);
  return `${digits} ${UNITS[unit]}`;
}

/** Tenths rounded to wholes, half to even, as Go formats them. */
function wholes(tenths: number): number {
  const up = Math.floor(tenths / 10 + 0.5);
  return tenths % 10 === 5 && up % 2 === 1 ? up - 1 : up;
}
