import { MvccError, type RevisionHash } from '../../../mvcc/index.ts';
import { hashKv } from '../../offline/hash-kv.ts';
import { type Call, type Command, CommandError, exactly } from './command.ts';
import { checkExists } from './file-errors.ts';
import type { PrintedValue } from './printer.ts';

export const hashkvCommand: Command = {
  name: 'hashkv',
  takes: ' <filename> [flags]',
  about: 'Prints the KV history hash of a given file',
  flags: [
    {
      name: 'rev',
      type: 'int',
      about: 'maximum revision to hash (default: latest revision)',
    },
  ],
  commands: [],
  refuses: exactly(1),
  run,
};

const REFUSALS: Readonly<Record<string, string>> = {
  MVCC_COMPACTED: 'mvcc: required revision has been compacted',
  MVCC_FUTURE_REVISION: 'mvcc: required revision is a future revision',
};

async function run({ args: [path = ''], flags, ports, printer, print }: Call): Promise<void> {
  const format = printer();
  checkExists(path, ports.files);
  const found = await hashKv(path, flags.number('rev'), ports);
  if (found instanceof MvccError) throw new CommandError(REFUSALS[found.code] ?? found.message);
  print(format(valuesOf(found)));
}

function valuesOf({ hash, revision, compactRevision }: RevisionHash): PrintedValue[] {
  return [
    { title: 'hash', field: 'Hash', name: 'hash', value: hash },
    { title: 'hash revision', field: 'Hash revision', name: 'hashRevision', value: revision },
    {
      title: 'compact revision',
      field: 'Compact revision',
      name: 'compactRevision',
      value: compactRevision,
    },
  ].map((value) => ({ ...value, text: String(value.value) }));
}
