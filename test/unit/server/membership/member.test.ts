import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from '../../../../src/base/utf8.ts';
import { ConfChange } from '../../../../src/pb/index.ts';
import {
  goJson,
  type Member,
  memberJson,
  parseMember,
} from '../../../../src/server/membership/member.ts';

/** The first entry of a log of etcd 3.5.30: it adds the member itself. */
const ETCD_CONF_CHANGE = Buffer.from(
  '0800100018cdd2918bd2b881cf8e0122517b226964223a31303237363635373734333933323937353433372c22' +
    '7065657255524c73223a5b22687474703a2f2f6c6f63616c686f73743a32333830225d2c226e616d65223a2264' +
    '656661756c74227d',
  'hex',
);

const MEMBER: Member = {
  id: 0x8e9e_05c5_2164_694dn,
  peerURLs: ['http://localhost:2380'],
  isLearner: false,
  name: 'default',
  clientURLs: [],
};

describe('member JSON', () => {
  it('MEMBERSHIP-I2: the default member -> the bytes that etcd writes, and back', () => {
    const { context } = ConfChange.decode(ETCD_CONF_CHANGE);
    const json = utf8Text(context ?? new Uint8Array(0)) ?? '';
    assert.equal(memberJson(MEMBER), json);
    assert.deepEqual(parseMember(json), { ...MEMBER, isPromote: false });
  });

  it('MEMBERSHIP-I2: every field -> in the order of Go', () => {
    const member = { ...MEMBER, id: 2n ** 64n - 1n, isLearner: true, clientURLs: ['http://c'] };
    const json =
      '{"id":18446744073709551615,"peerURLs":["http://localhost:2380"],"isLearner":true,' +
      '"name":"default","clientURLs":["http://c"]}';
    assert.equal(memberJson(member), json);
    assert.deepEqual(parseMember(json), { ...member, isPromote: false });
  });

  it('what Go escapes -> escaped', () => {
    assert.equal(goJson('a<b>&\u2028"é'), '"a\\u003cb\\u003e\\u0026\\u2028\\"é"');
  });

  it('a promotion, with null for no URLs', () => {
    const promotion = parseMember('{"id":7,"peerURLs":null,"isPromote":true}');
    assert.deepEqual([promotion.id, promotion.peerURLs, promotion.isPromote], [7n, [], true]);
  });

  it('a name that looks like the id field -> the field counts', () => {
    const name = '"id":5';
    assert.equal(parseMember(memberJson({ ...MEMBER, name })).name, name);
    assert.equal(parseMember(`{"name":"\\"id\\":5","id":6,"peerURLs":[]}`).id, 6n);
  });

  for (const json of [
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"id":"7"x}',
    '{"id":7,"peerURLs":[1]}',
    '{"id":"x"}',
    '{"id":18446744073709551616}',
  ]) {
    it(`not a member: ${json} -> MEMBERSHIP_BAD_JSON`, () => {
      assert.throws(() => parseMember(json), { code: 'MEMBERSHIP_BAD_JSON' });
    });
  }
});
