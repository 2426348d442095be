/** Entries are encoded field by field: they must be what the codec of the whole message gives. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { InternalRaftRequest, PutRequest, RequestHeader } from '../../../../src/pb/index.ts';
import { encodedEntry } from '../../../../src/server/apply/entry-data.ts';

const HEADER = RequestHeader.create({ ID: 2n ** 63n, username: 'u', authRevision: 3 });

it('a request of any kind -> the canonical bytes of an InternalRaftRequest', () => {
  const kinds = InternalRaftRequest.fields.filter(
    ({ kind, name }) => kind === 'message' && name !== 'header' && name !== 'v2',
  );
  // On both sides of the header, whose number is 100.
  assert.ok(kinds.some(({ number }) => number < 100) && kinds.some(({ number }) => number > 100));
  for (const { name, message } of kinds) {
    const request = message?.().create() as PutRequest;
    const whole = InternalRaftRequest.create({ header: HEADER, [name]: request });
    assert.deepEqual(
      new Uint8Array(encodedEntry(HEADER, name as 'put', request)),
      InternalRaftRequest.encode(whole),
      name,
    );
  }
});

it('a request with content, and one after a far larger one -> the same', () => {
  for (const bytes of [1, 200_000, 3]) {
    const put = PutRequest.create({ key: utf8Bytes('k'), value: new Uint8Array(bytes).fill(7) });
    const whole = InternalRaftRequest.create({ header: HEADER, put });
    assert.deepEqual(
      new Uint8Array(encodedEntry(HEADER, 'put', put)),
      InternalRaftRequest.encode(whole),
    );
  }
});
