import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamicTable, HeaderField, TABLE_BYTES_MAX } from '../../../../src/http2/hpack/index.ts';

const field = (name: string, bytes = 33): HeaderField =>
  new HeaderField(name, 'v'.repeat(bytes - 32 - name.length));

const namesOf = (table: DynamicTable): (string | undefined)[] =>
  Array.from({ length: table.length }, (_, newer) => table.at(newer)?.name);

describe('DynamicTable', () => {
  it('as many of the smallest fields as fit, and more -> the newest 128, in order', () => {
    const table = new DynamicTable();
    const empty = new HeaderField('', '');
    for (let count = 1; count <= 300; count++) {
      table.add(empty);
      assert.equal(table.length, Math.min(count, TABLE_BYTES_MAX / 32));
      table.checkInvariants();
    }
    const names = Array.from({ length: 200 }, (_, at) => String.fromCharCode(at));
    for (const name of names) table.add(field(name));
    table.checkInvariants();
    assert.deepEqual(namesOf(table), names.reverse().slice(0, Math.floor(TABLE_BYTES_MAX / 33)));
  });

  it('a field that needs room -> the oldest are evicted, no more than needed (HPACK-I4)', () => {
    const table = new DynamicTable();
    table.resize(33 * 4);
    for (const name of ['a', 'b', 'c', 'd']) table.add(field(name));
    assert.deepEqual(namesOf(table), ['d', 'c', 'b', 'a']);
    table.add(field('e', 34));
    assert.deepEqual(namesOf(table), ['e', 'd', 'c']);
    table.checkInvariants();
  });

  it('a field as large as the table, then one larger -> alone, then none at all', () => {
    const table = new DynamicTable();
    table.add(field('a'));
    table.add(field('b', TABLE_BYTES_MAX));
    assert.deepEqual(namesOf(table), ['b']);
    table.add(field('c', TABLE_BYTES_MAX + 1));
    assert.deepEqual(namesOf(table), []);
    table.checkInvariants();
  });

  it('a smaller size -> evicts at once; a larger one brings nothing back', () => {
    const table = new DynamicTable();
    for (const name of ['a', 'b', 'c']) table.add(field(name));
    table.resize(66);
    assert.deepEqual(namesOf(table), ['c', 'b']);
    table.resize(65);
    assert.deepEqual(namesOf(table), ['c']);
    table.resize(TABLE_BYTES_MAX);
    assert.deepEqual(namesOf(table), ['c']);
    assert.equal(table.at(1), undefined);
    table.checkInvariants();
  });
});
