import { resolve } from 'node:path';
import { backup } from '../../offline/export/backup.ts';
import type { Call, Command } from './command.ts';
import { DATA_DIR_FLAG, pathsOf, WAL_DIR_FLAG } from './data-dir-flags.ts';

export const backupCommand: Command = {
  name: 'backup',
  takes: ' [flags]',
  about: '[legacy] offline backup of etcd directory',
  flags: [
    { name: 'backup-dir', type: 'string', about: 'Path to the backup dir', isRequired: true },
    { name: 'backup-wal-dir', type: 'string', about: 'Path to the backup wal dir' },
    DATA_DIR_FLAG,
    WAL_DIR_FLAG,
    { name: 'with-v3', type: 'bool', about: 'Backup v3 backend data', defaultText: 'true' },
  ],
  commands: [],
  run,
};

async function run({ flags, ports, logger }: Call): Promise<void> {
  const walDir = flags.text('backup-wal-dir');
  const options = {
    paths: pathsOf(flags),
    backupDir: resolve(flags.text('backup-dir')),
    backupWalDir: walDir === '' ? undefined : resolve(walDir),
    withV3: flags.isSet('with-v3'),
    wallMs: ports.clock.wallMs(),
  };
  await backup(options, { ...ports, logger });
}
