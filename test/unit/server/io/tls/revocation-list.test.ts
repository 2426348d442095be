import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { revokedSerials } from '../../../../../src/server/io/tls/revocation-list.ts';
import { Authority } from '../../../../support/tls/certificates.ts';

let authority: Authority;
before(async () => {
  authority = await Authority.make('ca');
});

const sequence = (...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? [body.length] : [0x83, body.length >> 16, body.length >> 8, body.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), body]);
};
const EMPTY = sequence();
const TIME = Buffer.from('\u0017\r261120000000Z', 'latin1');

/** A list as RFC 5280 lays it out, with what may be left out left out. */
function listOf(serials: readonly number[], { version = true, nextUpdate = true } = {}): Buffer {
  const entries = serials.map((serial) =>
    sequence(Buffer.from([2, 3, serial >> 16, serial >> 8, serial]), TIME),
  );
  return sequence(
    sequence(
      version ? Buffer.from([2, 1, 1]) : Buffer.alloc(0),
      EMPTY,
      EMPTY,
      TIME,
      nextUpdate ? TIME : Buffer.alloc(0),
      serials.length === 0 ? Buffer.alloc(0) : sequence(...entries),
      Buffer.from([0xa0, 0]),
    ),
    EMPTY,
    Buffer.from([3, 1, 0]),
  );
}

describe('revokedSerials', () => {
  it('DER and PEM -> the serial numbers as Node writes them', async () => {
    const { der, pem } = await authority.revoke('0a', 'ff', '8000', '0123456789abcdef0123');
    const serials = ['0A', 'FF', '8000', '0123456789ABCDEF0123'];
    assert.deepEqual([...revokedSerials(der)], serials);
    assert.deepEqual([...revokedSerials(Buffer.from(pem))], serials);
    assert.deepEqual([...revokedSerials((await authority.revoke()).der)], []);
  });

  it('a version or a next update that is left out -> read the same', () => {
    for (const version of [true, false]) {
      for (const nextUpdate of [true, false]) {
        const options = { version, nextUpdate };
        assert.deepEqual([...revokedSerials(listOf([0x10203], options))], ['010203']);
        assert.deepEqual([...revokedSerials(listOf([], options))], []);
      }
    }
  });

  it('many -> all of them, in no noticeable time', () => {
    const serials = Array.from({ length: 100_000 }, (_, at) => at);
    assert.equal(revokedSerials(listOf(serials)).size, serials.length);
  });

  it('cut anywhere, or with a byte changed -> refused or read, never anything else', async () => {
    const { der } = await authority.revoke('0a', '0b');
    for (let at = 0; at < der.length; at++) {
      assert.throws(() => revokedSerials(der.subarray(0, at)), { code: 'TLS_REVOCATION_LIST' });
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(der);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        try {
          revokedSerials(damaged);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'TLS_REVOCATION_LIST');
        }
      }
    }
  });
});
