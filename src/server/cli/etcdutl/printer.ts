/** What `--write-out` chooses between: a few named values as a line, a table, JSON or fields. */
import { CommandError, ExitCode } from './command.ts';

/** One value in all of its forms. */
export interface PrintedValue {
  /** Above its column in a table. */
  readonly title: string;
  /** In a table and a line. */
  readonly text: string;
  /** In the list of fields. */
  readonly field: string;
  /** In JSON. */
  readonly name: string;
  readonly value: number | string;
}

export type Printer = (values: readonly PrintedValue[]) => string;

const PRINTERS: ReadonlyMap<string, Printer> = new Map([
  ['simple', (values) => `${values.map(({ text }) => text).join(', ')}\n`],
  ['table', tableOf],
  [
    'json',
    (values) =>
      `${JSON.stringify(Object.fromEntries(values.map(({ name, value }) => [name, value])))}\n`,
  ],
  ['fields', (values) => values.map(({ field, value }) => `"${field}" : ${value}\n`).join('')],
  [
    'protobuf',
    () => {
      throw new CommandError('protobuf not supported as output format', ExitCode.badFeature);
    },
  ],
]);

export const FORMATS: readonly string[] = [...PRINTERS.keys()].sort();

/** Throws CommandError. */
export function printerOf(format: string): Printer {
  const printer = PRINTERS.get(format);
  if (printer !== undefined) return printer;
  throw new CommandError('unsupported output format', ExitCode.badFeature);
}

function tableOf(values: readonly PrintedValue[]): string {
  const columns = values.map(({ title, text }) => Math.max(title.length, text.length));
  const width = (at: number): number => columns[at] ?? 0;
  const rule = `+${columns.map((column) => '-'.repeat(column + 2)).join('+')}+\n`;
  const titles = values.map(({ title }, at) => ` ${centred(title.toUpperCase(), width(at))} |`);
  const texts = values.map(({ text }, at) => ` ${text.padStart(width(at))} |`);
  return `${rule}|${titles.join('')}\n${rule}|${texts.join('')}\n${rule}`;
}

function centred(text: string, columns: number): string {
  const left = Math.floor((columns - text.length) / 2);
  return `${' '.repeat(left)}${text}`.padEnd(columns);
}
