import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InternalRaftRequest, V2Request } from '../../../../src/pb/index.ts';
import { decodeEntry } from '../../../../src/server/apply/entry-data.ts';

/** Entries out of a log of etcd 3.5.30. */
const ETCD_ATTRIBUTES =
  '0881a2eca382bfe8a66912035055541a262f302f6d656d626572732f386539653035633532313634363934642f61' +
  '74747269627574657322397b226e616d65223a2264656661756c74222c22636c69656e7455524c73223a5b226874' +
  '74703a2f2f6c6f63616c686f73743a32333739225d7d2800320038004800500058006000680070007800800100';
const ETCD_VERSION =
  '0882a2eca382bfe8a66912035055541a0a2f302f76657273696f6e2205332e352e30280032003800480050005800' +
  '6000680070007800800100';
const ETCD_PUT = '22070a026b31120176a2060a0883a2eca382bfe8a669';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('entry data', () => {
  it('APPLY-I4: a member of 3.5 publishes itself -> its attributes in the v3 form, under its id', () => {
    const request = decodeEntry(bytes(ETCD_ATTRIBUTES));
    assert.equal(request?.ID, 7587899034325160193n);
    assert.deepEqual(request.clusterMemberAttrSet, {
      memberID: 0x8e9e_05c5_2164_694dn,
      memberAttributes: { name: 'default', clientUrls: ['http://localhost:2379'] },
    });
  });

  it('APPLY-I4: 3.5 decides the cluster version -> in the v3 form', () => {
    assert.deepEqual(decodeEntry(bytes(ETCD_VERSION))?.clusterVersionSet, { ver: '3.5.0' });
  });

  it('a put of etcd -> decoded, and encoded to the same bytes', () => {
    const request = decodeEntry(bytes(ETCD_PUT));
    assert.deepEqual(request?.put?.key, Uint8Array.of(0x6b, 0x31));
    assert.equal(request.header?.ID, 7587899034325160195n);
    assert.equal(Buffer.from(InternalRaftRequest.encode(request)).toString('hex'), ETCD_PUT);
  });

  it('a v2 request in field v2 -> as a bare one', () => {
    const v2 = V2Request.decode(bytes(ETCD_VERSION));
    const wrapped = InternalRaftRequest.encode(InternalRaftRequest.create({ v2 }));
    assert.deepEqual(decodeEntry(wrapped)?.clusterVersionSet, { ver: '3.5.0' });
  });

  const NO_EFFECT: [string, Partial<V2Request>][] = [
    ['a v2 key', { method: 'PUT', path: '/1/key', val: 'x' }],
    ['another method', { method: 'SYNC' }],
    ['a delete', { method: 'DELETE', path: '/0/version' }],
    ['attributes that are no JSON', { method: 'PUT', path: '/0/members/1f/attributes', val: '{' }],
    [
      'attributes that are no object',
      { method: 'PUT', path: '/0/members/1f/attributes', val: '3' },
    ],
    ['attributes of no member', { method: 'PUT', path: '/0/members/xyz/attributes', val: '{}' }],
  ];
  for (const [name, fields] of NO_EFFECT) {
    it(`APPLY-I4: ${name} -> no effect`, () => {
      assert.equal(decodeEntry(V2Request.encode(V2Request.create(fields))), undefined);
    });
  }

  it('neither of the two -> throws: going on would make members disagree', () => {
    assert.throws(() => decodeEntry(Uint8Array.of(0xff, 0xff)), { name: 'WireError' });
  });
});
