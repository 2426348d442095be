/** The tree of commands. */

import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import type { Command, Flag } from './command.ts';
import { completionCommand } from './completion.ts';
import { defragCommand } from './defrag.ts';
import { snapshotSaveCommand } from './export.ts';
import { hashkvCommand } from './hashkv.ts';
import { migrateCommand } from './migrate.ts';
import { FORMATS } from './printer.ts';
import { snapshotRestoreCommand } from './snapshot-restore.ts';
import { snapshotStatusCommand } from './snapshot-status.ts';
import { version } from './version.ts';

export const GLOBAL_FLAGS: readonly Flag[] = [
  {
    name: 'write-out',
    shorthand: 'w',
    type: 'string',
    about: `set the output format (${FORMATS.join(', ')})`,
    defaultText: 'simple',
  },
];

const snapshot: Command = {
  name: 'snapshot',
  takes: '',
  about: 'Manages etcd node snapshots',
  flags: [],
  commands: [snapshotRestoreCommand, snapshotSaveCommand, snapshotStatusCommand],
};

const help: Command = {
  name: 'help',
  takes: ' [command] [flags]',
  about: 'Help about any command',
  flags: [],
  commands: [],
  run: async ({ args, describe }) => describe(args),
};

const completion = completionCommand(() => ROOT, GLOBAL_FLAGS);

export const ROOT: Command = {
  name: 'etcdutl-ts',
  takes: '',
  about: '',
  flags: [],
  commands: [
    backupCommand,
    checkCommand,
    completion,
    defragCommand,
    hashkvCommand,
    help,
    migrateCommand,
    snapshot,
    version,
  ],
};
