import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderBlocks } from '../../../../bench/http2/header-blocks.ts';
import { HpackDecoder } from '../../../../bench/http2/hpack-decoder.ts';

const PATHS = ['/a.B/C', '/a.B/D', '/a.B/C', '/a.B/C', `/${'long'.repeat(1200)}`, '/a.B/D'];

/** Encodes requests to `paths` and checks that they decode to themselves; returns the sizes. */
function roundTrip(blocks: HeaderBlocks, decoder: HpackDecoder, paths: readonly string[]) {
  return paths.map((path) => {
    const block = blocks.of(path);
    const fields = decoder.decode(block, 0, block.length).map((field) => Object.values(field));
    assert.deepEqual(fields, [
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
    const sizes = roundTrip(new HeaderBlocks('host:1'), new HpackDecoder(), PATHS);
    assert.deepEqual(sizes.slice(2, 4), [7, 7]);
    assert.equal(sizes[5], 7);
    assert.ok((sizes[4] ?? 0) > 4800);
  });

  it('the peer shrinks the table -> told in the next block, nothing stale is used', () => {
    const blocks = new HeaderBlocks('host:1');
    const decoder = new HpackDecoder();
    roundTrip(blocks, decoder, PATHS);
    blocks.resize(60);
    const first = blocks.of('/a.B/C');
    assert.equal((first[0] ?? 0) >> 5, 1, 'a table size update');
    assert.equal(decoder.decode(first, 0, first.length).length, 7);
    roundTrip(blocks, decoder, PATHS);
  });

  it('no table, then one again -> literals, then indexes', () => {
    const fresh = new HeaderBlocks('host:1');
    const decoder = new HpackDecoder();
    fresh.resize(0);
    const literal = roundTrip(fresh, decoder, ['/a', '/a', '/a']);
    assert.equal(literal[1], literal[2]);
    fresh.resize(4096);
    const indexed = roundTrip(fresh, decoder, ['/a', '/a', '/a']);
    assert.equal(indexed[2], 7);
  });
});
