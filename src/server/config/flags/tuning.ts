/** Flags of background work: compaction, watch progress, checks, warnings. */
import { flag } from '../flag.ts';
import { bool, duration, int, text, uint } from '../kinds.ts';

const NO_TRACING = 'tracing is not built';

export const TUNING_FLAGS = {
  'bootstrap-defrag-threshold-megabytes': flag(
    uint,
    0,
    'Defragment at start if that frees so many megabytes; 0 never does.',
    { ignored: 'the backend needs no defragmentation at start' },
  ),
  'memory-mlock': flag(bool, false, 'Lock pages in memory.', {
    ignored: 'memory locking is not built',
  }),
  'max-learners': flag(int, 1, 'Learners allowed in the cluster.'),
  'compaction-batch-limit': flag(
    int,
    0,
    'Revisions deleted in one step of a compaction; 0 means 1000.',
  ),
  'compaction-sleep-interval': flag(
    duration,
    0,
    'Pause between two steps of a compaction; 0 means 10ms.',
  ),
  'watch-progress-notify-interval': flag(
    duration,
    0,
    'Time between progress notifications of an idle watch; 0 means 10m.',
  ),
  'downgrade-check-time': flag(
    duration,
    5_000,
    'Time between two checks whether a downgrade has come to its end; 0 makes none.',
  ),
  'corrupt-check-time': flag(duration, 0, 'Time between two corruption checks; 0 makes none.'),
  'compact-hash-check-time': flag(
    duration,
    60_000,
    'Time between two checks of the followers by compaction hash.',
  ),
  'warning-apply-duration': flag(duration, 100, 'An apply that takes longer is logged.'),
  'warning-unary-request-duration': flag(duration, 300, 'A request that takes longer is logged.', {
    ignored: 'slow requests are not logged yet',
  }),
  'enable-distributed-tracing': flag(bool, false, 'Export traces by OpenTelemetry.', {
    ignored: NO_TRACING,
  }),
  'distributed-tracing-address': flag(text, 'localhost:4317', 'Address of the trace collector.', {
    ignored: NO_TRACING,
  }),
  'distributed-tracing-service-name': flag(text, 'etcd', 'Service name in traces.', {
    ignored: NO_TRACING,
  }),
  'distributed-tracing-instance-id': flag(text, '', 'Instance id in traces.', {
    ignored: NO_TRACING,
  }),
  'distributed-tracing-sampling-rate': flag(int, 0, 'Samples in a million spans.', {
    ignored: NO_TRACING,
  }),
} as const;
