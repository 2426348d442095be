/** What takes the place of etcd's `go_*`: Node's event loop and heap, by prom-client's names. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { gauge, type Series, type SeriesGroup } from './series.ts';

const NANOSECONDS = 1e-9;

/** Each scrape shows the time since the one before; nothing is measured before the first. */
export function runtimeSeries(): SeriesGroup {
  let monitor: IntervalHistogram | undefined;
  let delays: LoopDelays | undefined;
  const delay = (name: string, help: string, read: (delays: LoopDelays) => number): Series =>
    gauge(`nodejs_eventloop_lag_${name}_seconds`, help, () => delays && read(delays));
  return {
    refresh() {
      if (monitor === undefined) {
        monitor = monitorEventLoopDelay();
        monitor.enable();
      }
      delays = takeDelays(monitor);
      return Promise.resolve();
    },
    series: [
      delay('min', 'The minimum recorded event loop delay.', ({ min }) => min),
      delay('max', 'The maximum recorded event loop delay.', ({ max }) => max),
      delay('mean', 'The mean of the recorded event loop delays.', ({ mean }) => mean),
      delay('p50', 'The 50th percentile of the recorded event loop delays.', ({ p50 }) => p50),
      delay('p90', 'The 90th percentile of the recorded event loop delays.', ({ p90 }) => p90),
      delay('p99', 'The 99th percentile of the recorded event loop delays.', ({ p99 }) => p99),
      gauge(
        'nodejs_heap_size_total_bytes',
        'Process heap size from Node.js in bytes.',
        () => getHeapStatistics().total_heap_size,
      ),
      gauge(
        'nodejs_heap_size_used_bytes',
        'Process heap size used from Node.js in bytes.',
        () => getHeapStatistics().used_heap_size,
      ),
      gauge(
        'nodejs_external_memory_bytes',
        'Node.js external memory size in bytes.',
        () => getHeapStatistics().external_memory,
      ),
    ],
  };
}

interface LoopDelays {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** The delays since the last call, in seconds; undefined when none was recorded. */
function takeDelays(monitor: IntervalHistogram): LoopDelays | undefined {
  if (monitor.count === 0) return undefined;
  const delays = {
    min: monitor.min * NANOSECONDS,
    max: monitor.max * NANOSECONDS,
    mean: monitor.mean * NANOSECONDS,
    p50: monitor.percentile(50) * NANOSECONDS,
    p90: monitor.percentile(90) * NANOSECONDS,
    p99: monitor.percentile(99) * NANOSECONDS,
  };
  monitor.reset();
  return delays;
}
