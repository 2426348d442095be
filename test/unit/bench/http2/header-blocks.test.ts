import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderBlocks } from '../../../../bench/http2/header-blocks.ts';
import type { HpackDecoder } from '../../../../src/http2/hpack/index.ts';
import { decodeBlock, roomyDecoder } from '../../../support/http2/decode-block.ts';

const PATHS = ['/a.B/C', '/a.B/D', '/a.B/C', '/a.B/C', `/${'long'.repeat(1200)}`, '/a.B/D'];

/** Encodes requests to `paths` and checks that they decode to themselves; returns the sizes. */
function roundTrip(blocks: HeaderBlocks, decoder: HpackDecoder, paths: readonly string[]) {
  return paths.map((path) => {
    const block = blocks.of(path);
    assert.deepEqual(decodeBlock(decoder, block), [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', 'host:1'],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
      ['user-agent', 'etcd-ts-bench'],
    ]);
    return block.length;
  });
}

describe('HeaderBlocks', () => {
  it('several paths, one too long for the table -> literal once, then one byte a field', () => {
    const sizes = roundTrip(new HeaderBlocks('host:1'), roomyDecoder(), PATHS);
    assert.deepEqual(sizes.slice(2, 4), [7, 7]);
    assert.equal(sizes[5], 7);
    assert.ok((sizes[4] ?? 0) > 3400);
  });

  it('the peer shrinks the table -> told in the next block, nothing stale is used', () => {
    const blocks = new HeaderBlocks('host:1');
    const decoder = roomyDecoder();
    roundTrip(blocks, decoder, PATHS);
    blocks.resize(60);
    const first = blocks.of('/a.B/C');
    assert.equal((first[0] ?? 0) >> 5, 1, 'a table size update');
    assert.equal(decodeBlock(decoder, first).length, 7);
    roundTrip(blocks, decoder, PATHS);
  });

  it('no table, then one again -> literals, then indexes', () => {
    const fresh = new HeaderBlocks('host:1');
    const decoder = roomyDecoder();
    fresh.resize(0);
    const literal = roundTrip(fresh, decoder, ['/a', '/a', '/a']);
    assert.equal(literal[1], literal[2]);
    fresh.resize(4096);
    const indexed = roundTrip(fresh, decoder, ['/a', '/a', '/a']);
    assert.equal(indexed[2], 7);
  });

  it('a table taken away and given back between two blocks -> the peer forgets, too', () => {
    const blocks = new HeaderBlocks('host:1');
    const decoder = roomyDecoder();
    roundTrip(blocks, decoder, PATHS);
    for (const size of [100, 0, 50, 4096]) blocks.resize(size);
    const first = blocks.of('/a.B/C');
    assert.deepEqual([...first.subarray(0, 4)], [0x20, 0x3f, 0xe1, 0x1f]);
    assert.equal(decodeBlock(decoder, first).length, 7);
    assert.deepEqual(roundTrip(blocks, decoder, ['/a.B/C']), [7]);
  });
});
