import { BboltError } from '../../../bbolt/index.ts';
import { humanBytes } from '../../human-bytes.ts';
import { withDatabase } from '../../offline/open-database.ts';
import { checkFile, type SnapshotStatus, snapshotStatus } from '../../offline/snapshot-status.ts';
import { type Call, type Command, CommandError, ExitCode } from './command.ts';
import { checkExists } from './file-errors.ts';
import type { PrintedValue } from './printer.ts';

export const snapshotStatusCommand: Command = {
  name: 'status',
  takes: ' <filename> [flags]',
  about: 'Gets backend snapshot status of a given file',
  flags: [],
  commands: [],
  run,
};

async function run({ args, ports, printer, print }: Call): Promise<void> {
  const [path] = args;
  if (path === undefined || args.length !== 1) {
    const text = 'snapshot status requires exactly one argument';
    throw new CommandError(text, ExitCode.badArguments);
  }
  checkExists(path, ports.files);
  const format = printer();
  const status = await withDatabase(path, ports, async (file) => {
    try {
      checkFile(file);
    } catch (error) {
      if (!(error instanceof BboltError)) throw error;
      const text = 'snapshot file integrity check failed. 1 errors found.';
      throw new CommandError(`${text}\n${error.message}`);
    }
    return snapshotStatus(file);
  });
  print(format(valuesOf(status)));
}

function valuesOf({ hash, revision, keys, sizeBytes, version }: SnapshotStatus): PrintedValue[] {
  return [
    { title: 'hash', text: hash.toString(16), field: 'Hash', name: 'hash', value: hash },
    counted({ title: 'revision', field: 'Revision', name: 'revision', value: revision }),
    counted({ title: 'total keys', field: 'Keys', name: 'totalKey', value: keys }),
    {
      title: 'total size',
      text: humanBytes(sizeBytes),
      field: 'Size',
      name: 'totalSize',
      value: sizeBytes,
    },
    { title: 'version', text: version, field: 'Version', name: 'version', value: version },
  ];
}

function counted(value: Omit<PrintedValue, 'text'>): PrintedValue {
  return { ...value, text: String(value.value) };
}
