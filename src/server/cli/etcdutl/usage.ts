/** The usage of a command, outlined as cobra does it. */
import type { Command, Flag } from './command.ts';

/** The flag that every command has beside its own. */
export function helpFlag({ name }: Command): Flag {
  return { name: 'help', shorthand: 'h', type: 'bool', about: `help for ${name}` };
}

const NAME_COLUMNS = 11;

export interface UsageOptions {
  /** From the root to the command itself. */
  readonly path: readonly Command[];
  /** Flags that every command has. */
  readonly globalFlags: readonly Flag[];
  /** etcd's help of an unknown topic leaves `--help` out. */
  readonly leavesOutHelp?: boolean;
}

export function usageOf({ path, globalFlags, leavesOutHelp = false }: UsageOptions): string {
  const command = path.at(-1) as Command;
  const name = path.map((part) => part.name).join(' ');
  const isRoot = path.length === 1;
  const hasCommands = command.commands.length > 0;
  const help = leavesOutHelp ? [] : [helpFlag(command)];
  const own = [...command.flags, ...help, ...(isRoot ? globalFlags : [])];
  const parts = [
    `Usage:\n${command.run === undefined ? '' : `  ${name}${command.takes}\n`}` +
      (hasCommands ? `  ${name} [command]\n` : ''),
    ...(hasCommands ? [commandList(command.commands)] : []),
    `Flags:\n${flagList(own)}`,
    ...(isRoot ? [] : [`Global Flags:\n${flagList(globalFlags)}`]),
    ...(hasCommands
      ? [`Use "${name} [command] --help" for more information about a command.\n`]
      : []),
  ];
  return parts.join('\n');
}

function commandList(commands: readonly Command[]): string {
  const columns = Math.max(NAME_COLUMNS, ...commands.map(({ name }) => name.length));
  const lines = byName(commands).map(({ name, about }) => `  ${name.padEnd(columns)} ${about}\n`);
  return `Available Commands:\n${lines.join('')}`;
}

function flagList(flags: readonly Flag[]): string {
  const heads = byName(flags).map((flag) => ({ flag, head: headOf(flag) }));
  const columns = Math.max(...heads.map(({ head }) => head.length));
  return heads
    .map(({ flag, head }) => `${head.padEnd(columns)}   ${flag.about}${defaultOf(flag)}\n`)
    .join('');
}

function headOf({ name, shorthand, type }: Flag): string {
  const letter = shorthand === undefined ? '      ' : `  -${shorthand}, `;
  return `${letter}--${name}${type === 'bool' ? '' : ` ${type}`}`;
}

function defaultOf({ defaultText, type }: Flag): string {
  if (defaultText === undefined) return '';
  return ` (default ${type === 'string' ? JSON.stringify(defaultText) : defaultText})`;
}

function byName<T extends { readonly name: string }>(named: readonly T[]): T[] {
  return [...named].sort((a, b) => (a.name < b.name ? -1 : 1));
}
