/** Emits the function that writes a message's fields, last one first. */
import { isDelimited, isNotZero, tagOf, valueType, writeValue } from './kinds.ts';
import type { Field, Message } from './schema.ts';

/** `writeX(m, w)` puts the fields before what the writer holds, without tag and length. */
export function emitWrite(message: Message): string {
  const { name, fields } = message;
  const parameters = fields.length === 0 ? `_m: ${name}, _w: Writer` : `m: ${name}, w: Writer`;
  return [
    `export function write${name}(${parameters}): void {`,
    ...fields.toReversed().flatMap(emitField),
    '}',
  ].join('\n');
}

function emitField(field: Field): string[] {
  const value = `m.${field.name}`;
  switch (field.presence) {
    case 'required':
      return field.kind === 'message'
        ? block('', writeTagged(field, value))
        : writeTagged(field, value).map(indent);
    case 'implicit':
      return block(`if (${isNotZero(field, value)})`, writeTagged(field, value));
    case 'optional':
      return block(`if (${value} !== undefined)`, writeTagged(field, value));
    case 'repeated':
      return block(backwards(value), writeTagged(field, item(field)));
    case 'packed':
      return block(`if (${value}.length !== 0)`, [
        'const mark = w.length;',
        ...block(backwards(value), [writeValue(field, item(field))]).map((line) => line.slice(2)),
        'w.delimit(mark);',
        `w.tag(${tagOf(field, true)});`,
      ]);
  }
}

function writeTagged(field: Field, value: string): string[] {
  const tag = `w.tag(${tagOf(field, isDelimited(field))});`;
  if (field.kind !== 'message' || field.lazy) return [writeValue(field, value), tag];
  return [
    'const mark = w.length;',
    `write${field.type?.name ?? ''}(${value}, w);`,
    'w.delimit(mark);',
    tag,
  ];
}

function item(field: Field): string {
  return `m.${field.name}[i] as ${valueType(field)}`;
}

function backwards(value: string): string {
  return `for (let i = ${value}.length - 1; i >= 0; i--)`;
}

function block(head: string, body: readonly string[]): string[] {
  return [head === '' ? '  {' : `  ${head} {`, ...body.map((line) => indent(indent(line))), '  }'];
}

function indent(line: string): string {
  return `  ${line}`;
}
