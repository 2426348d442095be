/**
 * What a command of `etcdutl-ts` is: its place in the tree, its flags, and what it does. Command
 * lines, help and errors are those of etcdutl, which cobra makes; no parser for Node answers like
 * it, so reading and printing them is our own (`command-line.ts`, `usage.ts`).
 */
import { CodedError } from '../../../base/coded-error.ts';
import type { NamedLogger } from '../../io/logger.ts';
import type { OfflinePorts } from '../../offline/ports.ts';
import type { Printer } from './printer.ts';

/** As Go names them. */
export type FlagType = 'string' | 'int' | 'uint' | 'bool';

export interface Flag {
  readonly name: string;
  readonly type: FlagType;
  readonly about: string;
  /** One letter. */
  readonly shorthand?: string;
  /** Its text without one on the command line; empty, `0` or `false` unless given. */
  readonly defaultText?: string;
  readonly isRequired?: boolean;
}

export interface Command {
  readonly name: string;
  /** What follows the name in the usage, ` <filename>`; ends with ` [flags]` where etcdutl's does. */
  readonly takes: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  readonly commands: readonly Command[];
  /** Why it cannot be called with so many arguments; undefined when it can. */
  readonly refuses?: (args: readonly string[]) => string | undefined;
  /** A command without it prints its usage. Rejects with CommandError, or any coded error. */
  readonly run?: (call: Call) => Promise<void>;
}

/** A command as it was called. */
export interface Call {
  readonly args: readonly string[];
  readonly flags: FlagValues;
  readonly ports: OfflinePorts;
  readonly logger: NamedLogger;
  readonly print: (text: string) => void;
  /** Tells the usage of the command that these words name. */
  readonly describe: (topic: readonly string[]) => void;
  /** For the format of `--write-out`. Throws CommandError for one that there is not. */
  readonly printer: () => Printer;
}

/** Values of flags by their names; asking for one that the command does not have is a bug. */
export interface FlagValues {
  text(name: string): string;
  /** Whether a flag of type bool is true. */
  isSet(name: string): boolean;
  /** Of a flag of type int or uint; within what a number holds exactly. */
  number(name: string): number;
  /** Whether the command line has it. */
  isGiven(name: string): boolean;
}

/** etcd's exit codes. */
export const ExitCode = { error: 1, badFeature: 4, badArguments: 128 } as const;

/** Thrown when a command ends with a code other than that of any error. */
export class CommandError extends CodedError<'COMMAND'> {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = ExitCode.error) {
    super('COMMAND', message);
    this.exitCode = exitCode;
  }
}

/** Go's `cobra.ExactArgs`. */
export function exactly(count: number): (args: readonly string[]) => string | undefined {
  return ({ length }) =>
    length === count ? undefined : `accepts ${count} arg(s), received ${length}`;
}
