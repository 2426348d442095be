/** The process as the operating system sees it: names and help of Go's Prometheus client. */
import { type ProcessFacts, readProcessFacts } from './process-facts.ts';
import { counter, gauge, type SeriesGroup } from './series.ts';

export function processSeries(): SeriesGroup {
  let facts: Partial<ProcessFacts> = {};
  return {
    async refresh() {
      facts = await readProcessFacts();
    },
    series: [
      counter(
        'process_cpu_seconds_total',
        'Total user and system CPU time spent in seconds.',
        cpuSeconds,
      ),
      gauge(
        'process_max_fds',
        'Maximum number of open file descriptors.',
        () => facts.openFilesLimit,
      ),
      gauge('process_open_fds', 'Number of open file descriptors.', () => facts.openFiles),
      counter(
        'process_network_receive_bytes_total',
        'Number of bytes received by the process over the network.',
        () => facts.receivedBytes,
      ),
      counter(
        'process_network_transmit_bytes_total',
        'Number of bytes sent by the process over the network.',
        () => facts.sentBytes,
      ),
      gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () =>
        process.memoryUsage.rss(),
      ),
      gauge(
        'process_start_time_seconds',
        'Start time of the process since unix epoch in seconds.',
        () => performance.timeOrigin / 1000,
      ),
      gauge(
        'process_virtual_memory_bytes',
        'Virtual memory size in bytes.',
        () => facts.virtualBytes,
      ),
      gauge(
        'process_virtual_memory_max_bytes',
        'Maximum amount of virtual memory available in bytes.',
        () => facts.virtualBytesLimit,
      ),
      gauge('os_fd_limit', 'The file descriptor limit.', () => facts.openFilesLimit),
      gauge('os_fd_used', 'The number of used file descriptors.', () => facts.openFiles),
    ],
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
