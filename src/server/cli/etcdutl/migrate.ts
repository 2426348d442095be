import type { Version } from '../../membership/versions.ts';
import { migrateEtcd } from '../../offline/export/migrate-etcd.ts';
import { migrateOwn } from '../../offline/export/migrate-own.ts';
import { layoutOf } from '../../offline/open-data-dir.ts';
import { type Call, type Command, CommandError, ExitCode } from './command.ts';
import { DATA_DIR_FLAG, pathsOf, WAL_DIR_FLAG } from './data-dir-flags.ts';

export const migrateCommand: Command = {
  name: 'migrate',
  takes: ' [flags]',
  about:
    'Migrates schema of etcd data dir files to make them compatible with different etcd version',
  flags: [
    DATA_DIR_FLAG,
    WAL_DIR_FLAG,
    {
      name: 'target-version',
      type: 'string',
      about:
        'Target etcd version to migrate contents of data dir. Minimal value 3.5. Format "X.Y" for example 3.6. A data dir of etcd-ts becomes one of etcd.',
      isRequired: true,
    },
    {
      name: 'force',
      type: 'bool',
      about: 'Ignore migration failure and forcefully override storage version. Not recommended.',
    },
  ],
  commands: [],
  run,
};

async function run({ flags, ports, logger }: Call): Promise<void> {
  const target = versionOf(flags.text('target-version'));
  const paths = pathsOf(flags);
  const options = { paths, target, force: flags.isSet('force') };
  const migrate = (await layoutOf(paths, ports)) === 'etcd' ? migrateEtcd : migrateOwn;
  await migrate(options, { ...ports, logger });
}

/** Throws CommandError, in etcdutl's words. */
function versionOf(text: string): Version {
  const parts = text.split('.');
  if (parts.length !== 2) {
    throw badVersion(`wrong target version format, expected "X.Y", got ${JSON.stringify(text)}`);
  }
  const wrong = parts.find((part) => !/^\d+$/.test(part));
  if (wrong !== undefined) {
    const reason = `strconv.ParseInt: parsing ${JSON.stringify(wrong)}: invalid syntax`;
    throw badVersion(`failed to parse target version: ${reason}`);
  }
  const [major = 0, minor = 0] = parts.map(Number);
  if (major < 3 || (major === 3 && minor < 5)) {
    throw badVersion(`target version "${major}.${minor}" not supported. Minimal "3.5"`);
  }
  return { major, minor };
}

function badVersion(message: string): CommandError {
  return new CommandError(message, ExitCode.badArguments);
}
