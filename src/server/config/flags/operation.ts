/** Flags of running the process: logs, monitoring, unsafe switches, the configuration itself. */
import { flag } from '../flag.ts';
import { bool, strings, text, urls } from '../kinds.ts';

const LOG_ROTATION =
  '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}';
const NO_ROTATION = 'log rotation is not built yet: the log file grows';

export const LOGGING_FLAGS = {
  logger: flag(text, 'zap', 'Form of the log lines; only zap.'),
  'log-outputs': flag(
    strings,
    ['default'],
    'Where the log goes: default or stderr, stdout, or paths of files.',
  ),
  'log-level': flag(
    text,
    'info',
    'Least level that is logged: debug, info, warn, error, dpanic, panic or fatal.',
  ),
  'log-format': flag(text, 'json', 'json or console.'),
  'enable-log-rotation': flag(bool, false, 'Rotate the one log file.', { ignored: NO_ROTATION }),
  'log-rotation-config-json': flag(text, LOG_ROTATION, 'How to rotate it, as JSON.', {
    ignored: NO_ROTATION,
  }),
} as const;

export const MONITORING_FLAGS = {
  'enable-pprof': flag(bool, false, 'Serve profiles under /debug/pprof/.', {
    ignored: 'profiles are not built yet',
  }),
  metrics: flag(text, 'basic', 'Detail of metrics: basic or extensive.'),
  'listen-metrics-urls': flag(urls(''), [], 'URLs that serve only metrics and health.', {
    ignored: 'listeners of their own for metrics are not built yet',
  }),
} as const;

export const UNSAFE_FLAGS = {
  'force-new-cluster': flag(bool, false, 'Make a new cluster of one member from this data.'),
  'unsafe-no-fsync': flag(
    bool,
    false,
    'Do not sync files; a crash of the machine then loses writes.',
  ),
} as const;

export const GENERAL_FLAGS = {
  'config-file': flag(
    text,
    '',
    'YAML file to configure from; other flags and ETCD_* are ignored.',
    {
      yaml: false,
    },
  ),
  version: flag(bool, false, 'Print the version and exit.', { yaml: false }),
} as const;
