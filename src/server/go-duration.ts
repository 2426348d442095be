const UNITS_MS = { ms: 1, µs: 1e-3 } as const;
const NANOSECONDS_PER_MS = 1e6;

/** `ms` as Go prints a duration, which is how etcd's log has them: `1h0m0s`, `2.5s`, `12.25ms`. */
export function goDurationText(ms: number): string {
  if (ms < 0) return `-${goDurationText(-ms)}`;
  const nanoseconds = Math.round(ms * NANOSECONDS_PER_MS);
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1000 * NANOSECONDS_PER_MS) return belowASecond(nanoseconds);
  const wholeMinutes = Math.floor(nanoseconds / (60_000 * NANOSECONDS_PER_MS));
  const seconds = decimal(nanoseconds - wholeMinutes * 60_000 * NANOSECONDS_PER_MS, 9);
  if (wholeMinutes === 0) return `${seconds}s`;
  const hours = Math.floor(wholeMinutes / 60);
  const minutes = `${wholeMinutes % 60}m${seconds}s`;
  return hours === 0 ? minutes : `${hours}h${minutes}`;
}

function belowASecond(nanoseconds: number): string {
  for (const [unit, size] of Object.entries(UNITS_MS)) {
    const perUnit = size * NANOSECONDS_PER_MS;
    if (nanoseconds >= perUnit) return `${decimal(nanoseconds, Math.log10(perUnit))}${unit}`;
  }
  return `${nanoseconds}ns`;
}

/** `count` with its last `digits` digits behind the point, without zeros at the end. */
function decimal(count: number, digits: number): string {
  const text = String(count).padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  const whole = text.slice(0, -digits);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
