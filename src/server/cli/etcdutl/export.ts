import { resolve } from 'node:path';
import { saveSnapshot } from '../../offline/export/save-snapshot.ts';
import { type Call, type Command, exactly } from './command.ts';
import { DATA_DIR_FLAG, pathsOf, WAL_DIR_FLAG } from './data-dir-flags.ts';

/** As `etcdctl snapshot save`, but of a member that is stopped. etcdutl has no such command. */
export const snapshotSaveCommand: Command = {
  name: 'save',
  takes: ' <filename> --data-dir {data dir} [flags]',
  about: 'Stores the state of a stopped etcd-ts member in a snapshot file',
  flags: [DATA_DIR_FLAG, WAL_DIR_FLAG],
  commands: [],
  refuses: exactly(1),
  run,
};

async function run({ args, flags, ports, logger, print }: Call): Promise<void> {
  const [path = ''] = args;
  const options = { paths: pathsOf(flags), file: resolve(path) };
  const { index, unsure, sizeBytes } = await saveSnapshot(options, { ...ports, logger });
  if (unsure > 0) {
    logger.warn('the log has entries that may not be committed; they are not in the snapshot', {
      'last-index': index,
      entries: unsure,
    });
  }
  logger.info('saved snapshot', { path, 'last-index': index, size: sizeBytes });
  print(`Snapshot saved at ${path}\n`);
}
