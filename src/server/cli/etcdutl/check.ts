import { checkDataDir } from '../../offline/check/check-data-dir.ts';
import { checkV2Store } from '../../offline/check/check-v2-store.ts';
import { reportJson, reportText } from '../../offline/check/print-report.ts';
import { type Call, type Command, CommandError, ExitCode } from './command.ts';
import { DATA_DIR_FLAG, pathsOf, WAL_DIR_FLAG } from './data-dir-flags.ts';

/** Rows between two lines of progress. */
const ROWS_PER_REPORT = 500_000;

const checkV2StoreCommand: Command = {
  name: 'v2store',
  takes: ' [flags]',
  about: 'Check custom content in v2store',
  flags: [
    { ...DATA_DIR_FLAG, about: 'Required. A data directory not in use by etcd.' },
    { ...WAL_DIR_FLAG, about: 'Optional. A dedicated WAL directory.' },
  ],
  commands: [],
  run: async ({ flags, ports: { files }, print }) => {
    checkV2Store(pathsOf(flags), files);
    print('No custom content found in both v2store and WAL records.\n');
  },
};

export const checkCommand: Command = {
  name: 'check',
  takes: ' [flags]',
  about:
    'Checks the data dir of a stopped member; writes nothing but what opening LevelDB does (a new manifest and log of its own)',
  flags: [DATA_DIR_FLAG, WAL_DIR_FLAG],
  commands: [checkV2StoreCommand],
  run,
};

const FORMATS = new Map([
  ['simple', reportText],
  ['json', reportJson],
]);

async function run({ flags, ports, logger, print }: Call): Promise<void> {
  const format = FORMATS.get(flags.text('write-out'));
  if (format === undefined) {
    throw new CommandError('unsupported output format', ExitCode.badFeature);
  }
  let reported = 0;
  const onProgress = (rows: number): void => {
    if (rows - reported < ROWS_PER_REPORT) return;
    reported = rows;
    logger.info('checking the history of the keys', { rows });
  };
  const paths = pathsOf(flags);
  const report = await checkDataDir(paths, { ...ports, onProgress });
  print(format(report));
  if (report.findings.count > 0) throw new CommandError(`${paths.dataDir} is not sound`);
}
