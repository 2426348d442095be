/** Flags as Go's pflag package reads them from the words of a command line. */
import { defined } from '../../../base/assert.ts';
import { readBoolean, readInteger } from '../../config/go-values.ts';
import { CommandError, type Flag, type FlagType, type FlagValues } from './command.ts';

const ZERO_TEXTS: Readonly<Record<FlagType, string>> = {
  string: '',
  int: '0',
  uint: '0',
  bool: 'false',
};

/** Flags of 64 bits: counts of bytes and revisions; what is beyond 2^53 counts as 2^53 - 1. */
const BOUNDS: Readonly<Record<'int' | 'uint', readonly [bigint, bigint, string]>> = {
  int: [-(1n << 63n), (1n << 63n) - 1n, 'ParseInt'],
  uint: [0n, (1n << 64n) - 1n, 'ParseUint'],
};

export interface ParsedFlags {
  readonly values: FlagValues;
  /** The words that are no flags. */
  readonly args: readonly string[];
}

/** Throws CommandError with pflag's text. */
export function parseFlags(words: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const given = new Map<string, string>();
  const args: string[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    at++;
    if (word === '--') {
      args.push(...words.slice(at));
      break;
    }
    if (!isFlag(word)) args.push(word);
    else if (word.startsWith('--')) at += readLong(word, words[at], { flags, given });
    else at += readShort(word, words[at], { flags, given });
  }
  return { values: valuesOf(flags, given), args };
}

/** Where the words are that are neither flags nor values of some, as cobra looks for commands. */
export function plainWords(words: readonly string[], flags: readonly Flag[]): number[] {
  const plain: number[] = [];
  for (let at = 0; at < words.length && words[at] !== '--'; at++) {
    const word = words[at] ?? '';
    if (word.startsWith('-')) at += takesNext(word, flags) ? 1 : 0;
    else if (word !== '') plain.push(at);
  }
  return plain;
}

/** A flag that is not known, `--help` among them, seems to take a value. */
function takesNext(word: string, flags: readonly Flag[]): boolean {
  const isLong = word.startsWith('--');
  if (isLong ? word.includes('=') : word.length !== 2) return false;
  const flag = flags.find(({ name, shorthand }) =>
    isLong ? name === word.slice(2) : shorthand === word.slice(1),
  );
  return flag?.type !== 'bool';
}

interface Reading {
  readonly flags: readonly Flag[];
  readonly given: Map<string, string>;
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** Returns how many of the words behind it belong to the flag. */
function readLong(word: string, next: string | undefined, { flags, given }: Reading): 0 | 1 {
  const body = word.slice(2);
  if (body.startsWith('-') || body.startsWith('=')) {
    throw new CommandError(`bad flag syntax: ${word}`);
  }
  const equals = body.indexOf('=');
  const name = equals < 0 ? body : body.slice(0, equals);
  const flag = flags.find((known) => known.name === name);
  if (flag === undefined) throw new CommandError(`unknown flag: --${name}`);
  if (equals >= 0) return set(flag, body.slice(equals + 1), given, 0);
  if (flag.type === 'bool') return set(flag, 'true', given, 0);
  if (next === undefined) throw new CommandError(`flag needs an argument: ${word}`);
  return set(flag, next, given, 1);
}

/** A word of one-letter flags; the value of the first that takes one is the rest, or the next word. */
function readShort(word: string, next: string | undefined, { flags, given }: Reading): 0 | 1 {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at];
    const flag = flags.find(({ shorthand }) => shorthand === letter);
    if (flag === undefined) {
      throw new CommandError(`unknown shorthand flag: '${letter}' in -${word.slice(at)}`);
    }
    const rest = word.slice(at + 1);
    if (rest.startsWith('=') && rest.length > 1) return set(flag, rest.slice(1), given, 0);
    if (flag.type === 'bool') {
      set(flag, 'true', given, 0);
      continue;
    }
    if (rest !== '') return set(flag, rest, given, 0);
    if (next === undefined) {
      throw new CommandError(`flag needs an argument: '${letter}' in -${word.slice(at)}`);
    }
    return set(flag, next, given, 1);
  }
  return 0;
}

function set<T>(flag: Flag, text: string, given: Map<string, string>, words: T): T {
  const reason = refusal(flag.type, text);
  if (reason !== undefined) {
    const { name, shorthand } = flag;
    const shown = shorthand === undefined ? `--${name}` : `-${shorthand}, --${name}`;
    throw new CommandError(
      `invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${reason}`,
    );
  }
  given.set(flag.name, text);
  return words;
}

/** Go's reason why a text is no value of a type; undefined when it is one. */
function refusal(type: FlagType, text: string): string | undefined {
  switch (type) {
    case 'string':
      return undefined;
    case 'bool':
      return readBoolean(text) === undefined
        ? `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`
        : undefined;
    case 'int':
    case 'uint': {
      const [least, greatest, parser] = BOUNDS[type];
      const value = readInteger(text, type === 'int');
      if (value !== undefined && value >= least && value <= greatest) return undefined;
      const reason = value === undefined ? 'invalid syntax' : 'value out of range';
      return `strconv.${parser}: parsing ${JSON.stringify(text)}: ${reason}`;
    }
  }
}

function valuesOf(flags: readonly Flag[], given: ReadonlyMap<string, string>): FlagValues {
  const textOf = (name: string): string => {
    const flag = defined(
      flags.find((known) => known.name === name),
      'a command asks for its own flags',
    );
    return given.get(name) ?? flag.defaultText ?? ZERO_TEXTS[flag.type];
  };
  return {
    text: textOf,
    isSet: (name) => readBoolean(textOf(name)) === true,
    isGiven: (name) => given.has(name),
    number: (name) => {
      const value = defined(readInteger(textOf(name), true), 'checked when it was read');
      return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
    },
  };
}
