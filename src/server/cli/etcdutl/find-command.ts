/** Which command the words of a command line call, as cobra finds it. */
import { type Command, CommandError, type Flag } from './command.ts';
import { plainWords } from './flag-values.ts';

/** Edits between a word and the name of a command that may have been meant. */
const TYPING_ERRORS_MAX = 2;

export interface FoundCommand {
  /** From the root to the command. */
  readonly path: readonly Command[];
  /** What is left of the words. */
  readonly words: readonly string[];
}

/**
 * The command that is named, by any beginning of its name that is no other's; the last one on the
 * way when a word names none.
 */
export function findCommand(
  root: Command,
  words: readonly string[],
  globalFlags: readonly Flag[],
): FoundCommand {
  const path = [root];
  let rest = [...words];
  for (let command = root; ; ) {
    const at = plainWords(rest, [...globalFlags, ...command.flags])[0];
    const next = at === undefined ? undefined : named(command.commands, rest[at] ?? '');
    if (at === undefined || next === undefined) return { path, words: rest };
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    path.push(next);
    command = next;
  }
}

/** Throws CommandError when the root command is left with a word that names no command of its. */
export function checkFound({ path, words }: FoundCommand, globalFlags: readonly Flag[]): void {
  const [root, ...others] = path;
  const at = plainWords(words, globalFlags)[0];
  if (root === undefined || others.length > 0 || at === undefined) return;
  const word = words[at] ?? '';
  const meant = root.commands.filter(({ name }) => mayBeMeant(word.toLowerCase(), name));
  const hint =
    meant.length === 0
      ? ''
      : `\n\nDid you mean this?\n${meant.map(({ name }) => `\t${name}\n`).join('')}`;
  throw new CommandError(`unknown command ${JSON.stringify(word)} for "${root.name}"${hint}`);
}

function named(commands: readonly Command[], word: string): Command | undefined {
  const exact = commands.find(({ name }) => name === word);
  if (exact !== undefined) return exact;
  const begun = commands.filter(({ name }) => name.startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}

function mayBeMeant(word: string, name: string): boolean {
  return name.startsWith(word) || editDistance(word, name) <= TYPING_ERRORS_MAX;
}

/** Letters to insert, remove or replace to make one of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
