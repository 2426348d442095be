import assert from 'node:assert/strict';
import { it } from 'node:test';
import { printableBytes } from '../../../src/server/printable-bytes.ts';

it('printable-bytes: what a log can show, the rest as \\xNN', () => {
  const texts: readonly (readonly [Uint8Array, string])[] = [
    [Buffer.from(''), ''],
    [Buffer.from('/registry/pods/'), '/registry/pods/'],
    [Buffer.from('käse"✓'), 'käse"✓'],
    [Buffer.from('a\\x00'), 'a\\x5cx00'],
    [Buffer.from([0, 10, 0x7f, 0x80, 0xff]), '\\x00\\x0a\\x7f\\x80\\xff'],
    [Buffer.from('\u2028\u202e'), '\\xe2\\x80\\xa8\\xe2\\x80\\xae'],
    [Buffer.from('ä').subarray(0, 1), '\\xc3'],
  ];
  for (const [bytes, text] of texts) assert.equal(printableBytes(bytes), text);
});
