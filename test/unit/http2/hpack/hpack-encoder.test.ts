import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { encodeHeaderBlock, STATIC_TABLE } from '../../../../src/http2/hpack/index.ts';
import { headersReadByNode } from '../../../support/http2/header-tap.ts';

const REQUEST = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a.B/C'],
  [':authority', 'localhost'],
] as const;

describe('encodeHeaderBlock', () => {
  it('fields that the static table has -> a byte each; names that it has -> their index', () => {
    assert.deepEqual([...encodeHeaderBlock([[':status', '200']])], [0x88]);
    assert.deepEqual([...encodeHeaderBlock([[':status', '201']])].slice(0, 1), [0x08]);
    assert.deepEqual([...encodeHeaderBlock([['age', '~']])], [0x0f, 0x06, 0x01, 0x7e]);
  });

  it('every field of the static table -> its own index', () => {
    const block = encodeHeaderBlock(STATIC_TABLE.map(({ name, value }) => [name, value]));
    assert.deepEqual(
      [...block],
      STATIC_TABLE.map((_, place) => 0x80 + place + 1),
    );
  });

  it('requests with values of every byte, short and long -> Node reads what was meant', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
    const visible = bytes.filter((byte) => byte > ' ' && byte !== '\x7f');
    const lists = [
      ...visible.map((byte) => [...REQUEST, ['x-value', `eeeeeeeee${byte}`] as const]),
      [...REQUEST, ['x-value', visible.join('')] as const, ['x-value', 'v'.repeat(9000)] as const],
      [...REQUEST, ['accept', 'text'] as const, ['x-empty', ''] as const],
    ];
    assert.deepEqual(await headersReadByNode(lists.map(encodeHeaderBlock)), lists);
  });

  it('blocks one after the other -> each in bytes of its own', () => {
    const first = encodeHeaderBlock([['a', 'first']]);
    const before = first.slice();
    encodeHeaderBlock([['b', 'second']]);
    assert.deepEqual(first, before);
  });

  it('text that is not one byte a unit -> our own bug', () => {
    assert.throws(() => encodeHeaderBlock([['a', 'Ā']]), InvariantError);
    assert.deepEqual([...encodeHeaderBlock([['age', '~']])], [0x0f, 0x06, 0x01, 0x7e]);
  });
});
