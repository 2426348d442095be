import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldKind, HeaderField } from '../../../../src/http2/hpack/index.ts';

const KIND_NAMES = new Map(Object.entries(FieldKind).map(([name, kind]) => [kind, name]));
const kindOf = (name: string, value: string): string | undefined =>
  KIND_NAMES.get(new HeaderField(name, value).kind);

const ROWS: Record<keyof typeof FieldKind, readonly (readonly [string, string])[]> = {
  regular: [
    ['grpc-timeout', '5S'],
    ['x', ''],
    ["!#$%&'*+-.^_`|~0a", 'inner  space\tand tab'],
    ['x', '\x80\xff'],
    ['content-type', 'application/grpc'],
    ['tea', 'x'],
  ],
  te: [['te', 'trailers']],
  contentLength: [
    ['content-length', '0'],
    ['content-length', '999999999999999'],
  ],
  method: [[':method', 'POST']],
  scheme: [[':scheme', 'https']],
  authority: [
    [':authority', 'host:2379'],
    [':authority', ''],
  ],
  path: [
    [':path', '/a.B/C'],
    [':path', '*'],
    [':path', '/\xe9'],
  ],
  status: [[':status', '200']],
  otherPseudo: [
    [':protocol', 'x'],
    [':', ''],
    [':Path', '/'],
  ],
  connectionSpecific: [
    ['connection', 'close'],
    ['keep-alive', ''],
    ['proxy-connection', 'x'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'h2c'],
    ['te', ''],
    ['te', 'trailers, deflate'],
  ],
  invalidName: [
    ['', 'x'],
    ['Grpc', 'x'],
    ['a b', ''],
    ['a:b', ''],
    ['a\0', ''],
    ['\xe9', ''],
    ['a\x7f', ' bad as well'],
  ],
  invalidValue: [
    ['x', 'a\0'],
    ['x', 'a\rb'],
    ['x', 'a\nb'],
    ['x', 'a\x01b'],
    ['x', '\x7f'],
    ['x', ' a'],
    ['x', 'a '],
    ['x', '\ta'],
    ['x', 'a\t'],
    [':method', ''],
    [':method', 'GET /'],
    [':path', ''],
    [':path', '/a b'],
    [':path', '/a\x7f'],
    [':scheme', 'http\n'],
    [':authority', 'a\0'],
    ['content-length', ''],
    ['content-length', '+1'],
    ['content-length', '1000000000000000'],
  ],
};

describe('FieldKind', () => {
  for (const [kind, rows] of Object.entries(ROWS)) {
    it(`fields of kind ${kind} -> are of that kind`, () => {
      for (const [name, value] of rows)
        assert.equal(kindOf(name, value), kind, `${name}: ${value}`);
    });
  }

  it('kinds -> in the order that comparisons rely on', () => {
    const { contentLength, method, otherPseudo, connectionSpecific } = FieldKind;
    assert.deepEqual([contentLength, method, otherPseudo, connectionSpecific], [2, 3, 8, 9]);
    assert.deepEqual(Object.values(FieldKind), [...Object.keys(ROWS).keys()]);
  });

  it('a name that lends itself -> what it says is known without its characters (HPACK-I6)', () => {
    for (const rows of Object.values(ROWS)) {
      for (const [name, value] of rows) {
        const lender = new HeaderField(name, 'another value\0');
        assert.equal(
          new HeaderField(name, value, lender.nameKind).kind,
          new HeaderField(name, value).kind,
        );
      }
    }
  });
});
