import { CodedError } from '../../../base/coded-error.ts';
import { defragment } from '../../offline/defragment.ts';
import { findState } from '../../offline/find-state.ts';
import { type Call, type Command, CommandError } from './command.ts';
import { checkExists, errorText } from './file-errors.ts';

export const defragCommand: Command = {
  name: 'defrag',
  takes: ' [flags]',
  about: 'Defragments the storage of the etcd',
  flags: [
    {
      name: 'data-dir',
      type: 'string',
      about: 'Required. Defragments a data directory not in use by etcd.',
      isRequired: true,
    },
  ],
  commands: [],
  run,
};

async function run({ flags, ports, logger }: Call): Promise<void> {
  const dataDir = flags.text('data-dir');
  try {
    checkExists(findState(dataDir, ports.files).path, ports.files);
    await defragment(dataDir, { ...ports, logger });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CommandError(`Failed to defragment etcd data[${dataDir}] (${errorText(error)})`);
  }
}
