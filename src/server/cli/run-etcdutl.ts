/** The `etcdutl-ts` command: its subcommands are known, and come with a later release. */

import { ETCD_VERSION } from '../version.ts';
import type { CommandHost, Ending } from './command-host.ts';

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['backup', 'Back up a data directory.'],
  ['check', 'Check a data directory.'],
  ['defrag', 'Defragment the storage of a stopped member.'],
  ['hashkv', 'Print the hash of the revisions in a data directory.'],
  ['migrate', 'Change the storage version of a data directory.'],
  ['snapshot restore', 'Make a data directory from a snapshot file.'],
  ['snapshot status', 'Print hash, revision, keys and size of a snapshot file.'],
]);

const COLUMNS = 100;

/** Runs to the end of the command and says how the process has to end. */
export async function runEtcdutl(host: CommandHost): Promise<Ending> {
  const { default: yargs } = await import('yargs');
  const parser = yargs([])
    .scriptName('etcdutl-ts')
    .usage('Usage: $0 <command>\n\nWorks on the files of a member that is stopped.')
    .version(false)
    .help(false)
    .wrap(COLUMNS)
    .command('version', 'Print the version.');
  for (const [name, about] of COMMANDS) parser.command(name, about);

  const words = host.argv.filter((argument) => !argument.startsWith('-'));
  if (host.argv.includes('--help') || host.argv.includes('-h') || words.length === 0) {
    host.print(`${await parser.getHelp()}\n`);
    return { code: 0 };
  }
  if (words[0] === 'version') {
    host.print(`etcdutl version: ${ETCD_VERSION}\nAPI version: 3.6\n`);
    return { code: 0 };
  }
  const name = [...COMMANDS.keys()].find((known) => `${words.join(' ')} `.startsWith(`${known} `));
  host.printError(
    name === undefined
      ? `unknown command "${words.join(' ')}" for "etcdutl-ts"\n${await parser.getHelp()}\n`
      : `etcdutl-ts ${name} is not built yet: it comes with a later release\n`,
  );
  return { code: 1 };
}
