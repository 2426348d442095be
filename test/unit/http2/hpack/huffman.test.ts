import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeHuffman,
  encodeHuffman,
  HpackError,
  huffmanBits,
} from '../../../../src/http2/hpack/index.ts';

/** Decodes a code given in hex, as many bits of it as stated, padded with ones. */
function decodeCode(code: number, bits: number): string {
  const padded = code
    .toString(2)
    .padStart(bits, '0')
    .padEnd(Math.ceil(bits / 8) * 8, '1');
  const bytes = Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  return decodeHuffman(bytes, 0, bytes.length);
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const refuses = (bytes: Uint8Array): void => {
  assert.throws(
    () => decodeHuffman(bytes, 0, bytes.length),
    (error) => error instanceof HpackError && error.code === 'HPACK_HUFFMAN',
  );
};

describe('Huffman code', () => {
  it('codes of RFC 7541 appendix B of every length class -> their symbols', () => {
    const codes: [number, number, number][] = [
      [0x30, 0x0, 5],
      [0x74, 0x9, 5],
      [0x20, 0x14, 6],
      [0x58, 0xfc, 8],
      [0x21, 0x3f8, 10],
      [0x00, 0x1ff8, 13],
      [0x5c, 0x7fff0, 19],
      [0x80, 0xfffe6, 20],
      [0x01, 0x7fffd8, 23],
      [0x09, 0xffffea, 24],
      [0xff, 0x3ffffee, 26],
      [0x7f, 0xffffffc, 28],
      [0xf9, 0xffffffe, 28],
      [0x0a, 0x3ffffffc, 30],
      [0x16, 0x3ffffffe, 30],
    ];
    for (const [symbol, code, bits] of codes) {
      assert.equal(decodeCode(code, bits), String.fromCharCode(symbol));
    }
  });

  it('strings of RFC 7541 appendix C -> their text', () => {
    const decode = (text: string): string => decodeHuffman(hex(text), 0, text.length / 2);
    assert.equal(decode('f1e3c2e5f23a6ba0ab90f4ff'), 'www.example.com');
    assert.equal(decode('aec3771a4b'), 'private');
    assert.equal(
      decode('d07abe941054d444a8200595040b8166e082a62d1bff'),
      'Mon, 21 Oct 2013 20:13:21 GMT',
    );
  });

  it('padding that is not ones, or a byte of it, or EOS -> refused', () => {
    refuses(hex('f1e3c2e5f23a6ba0ab90f4fe'));
    refuses(hex('aec3771a4bff'));
    refuses(hex('ffffffff'));
  });

  it('any number of padding bits, then a byte more of them -> decoded, then refused', () => {
    for (let length = 1; length <= 8; length++) {
      const bytes = new Uint8Array(Math.ceil((5 * length) / 8) + 1).fill(0xff);
      const end = encodeHuffman('a'.repeat(length), bytes, 0);
      assert.equal(decodeHuffman(bytes, 0, end), 'a'.repeat(length));
      refuses(bytes);
    }
  });

  it('text of every byte -> the same through both directions', () => {
    const text = Array.from({ length: 1000 }, (_, at) => String.fromCharCode((at * 7) % 256)).join(
      '',
    );
    const target = new Uint8Array(5000);
    const end = encodeHuffman(text, target, 3);
    assert.equal(end, 3 + Math.ceil(huffmanBits(text) / 8));
    assert.equal(decodeHuffman(target, 3, end), text);
  });

  it('empty string -> empty', () => {
    assert.equal(decodeHuffman(new Uint8Array(0), 0, 0), '');
  });
});
