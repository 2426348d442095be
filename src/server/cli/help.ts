/** `--help` and the short usage that follows a command line that cannot be read. */
import type { Argv } from 'yargs';
import type { Flag } from '../config/flag.ts';
import { FLAG_GROUPS } from '../config/flag-table.ts';

const COLUMNS = 100;

/** Subcommands of the etcd binary, which come as its first argument. */
export const SUBCOMMANDS: ReadonlyMap<string, string> = new Map([
  ['gateway', 'Forward TCP connections to members (not built yet).'],
  ['grpc-proxy', 'Run a gRPC proxy before a cluster (not built yet).'],
]);

/** Commands and how to get help. */
export async function usageText(): Promise<string> {
  return textOf(await commands());
}

/** Commands and every flag with its default, by section. */
export async function helpText(): Promise<string> {
  const parser = await commands();
  for (const [group, flags] of Object.entries(FLAG_GROUPS)) {
    for (const [name, flag] of Object.entries(flags)) {
      parser.option(name, { group: `${group}:`, ...optionOf(flag) });
    }
  }
  return textOf(parser);
}

async function commands(): Promise<Argv> {
  // Loaded here, since a member that runs has no use for its 15 MB.
  const { default: yargs } = await import('yargs');
  const parser = yargs([])
    .scriptName('etcd-ts')
    .usage('Usage: $0 [flags]\n\nRuns an etcd member. -h or --help lists the flags.')
    .version(false)
    .help(false)
    .wrap(COLUMNS);
  for (const [name, about] of SUBCOMMANDS) parser.command(name, about);
  return parser;
}

async function textOf(parser: Argv): Promise<string> {
  return `${await parser.getHelp()}\n`;
}

function optionOf({ kind, defaultValue, help, support }: Flag<unknown>) {
  const state = support.state === 'built' ? '' : ` (${support.state}: ${support.because})`;
  return {
    describe: help + state,
    type: kind.label,
    defaultDescription: JSON.stringify(kind.format(defaultValue)),
    default: kind.format(defaultValue),
  };
}
