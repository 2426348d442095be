/** Emits the function that reads a message's fields into an object. */
import { isDelimited, isRepeated, readValue, tagOf } from './kinds.ts';
import type { Field, Message } from './schema.ts';

/**
 * `mergeX(m, r)` reads up to the reader's end. Merging into an object, not making one, is what
 * the format asks for when a singular message occurs twice.
 */
export function emitMerge(message: Message): string {
  const { name, fields } = message;
  const numbers = fields.map((field) => field.number).join(', ');
  return [
    `const ${name}_NUMBERS: readonly number[] = [${numbers}];`,
    '',
    `export function merge${name}(${fields.length === 0 ? '_m' : 'm'}: ${name}, r: Reader): void {`,
    '  while (!r.done) {',
    '    const tag = r.tag();',
    '    switch (tag) {',
    ...fields.flatMap((field) => emitCases(field, message)),
    '      default:',
    `        r.skipUnknown(tag, ${name}_NUMBERS);`,
    '    }',
    '  }',
    '}',
  ].join('\n');
}

function emitCases(field: Field, message: Message): string[] {
  const delimited = isDelimited(field);
  const lines = [
    `      case ${tagOf(field, delimited)}: {`,
    ...clearOtherMembers(field, message),
    ...readOne(field),
    '        break;',
    '      }',
  ];
  if (delimited || !isRepeated(field)) return lines;
  // Readers accept both forms, whichever is written.
  return [
    ...lines,
    `      case ${tagOf(field, true)}: {`,
    '        const outer = r.enter();',
    `        while (!r.done) m.${field.name}.push(${readValue(field)});`,
    '        r.leave(outer);',
    '        break;',
    '      }',
  ];
}

/** Of a oneof the last member read stands. */
function clearOtherMembers(field: Field, message: Message): string[] {
  if (field.oneof === undefined) return [];
  return message.fields
    .filter((other) => other.oneof === field.oneof && other !== field)
    .map((other) => `        m.${other.name} = undefined;`);
}

function readOne(field: Field): string[] {
  const target = `m.${field.name}`;
  const repeated = isRepeated(field);
  if (field.kind !== 'message') {
    const value = readValue(field);
    return [repeated ? `        ${target}.push(${value});` : `        ${target} = ${value};`];
  }
  if (field.lazy) {
    if (repeated) return [`        ${target}.push(r.bytes());`];
    // Two encodings of one message, one after the other, are the encoding of their merge.
    return [
      '        const part = r.bytes();',
      `        ${target} = ${target} === undefined ? part : concatBytes([${target}, part]);`,
    ];
  }
  const type = field.type?.name ?? '';
  const value = repeated ? 'item' : target;
  const prepare = repeated
    ? [`        const item = new${type}();`]
    : field.presence === 'optional'
      ? [`        if (${target} === undefined) ${target} = new${type}();`]
      : [];
  return [
    ...prepare,
    '        const outer = r.enter();',
    `        merge${type}(${value}, r);`,
    '        r.leave(outer);',
    ...(repeated ? [`        ${target}.push(item);`] : []),
  ];
}
