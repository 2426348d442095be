import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latin1 } from '../../../../src/base/bytes.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { ConfState } from '../../../../src/pb/index.ts';
import { confStateJson, parseConfState } from '../../../../src/server/apply/conf-state-json.ts';

describe('confState row', () => {
  const CASES: [string, Partial<ConfState>][] = [
    ['{"auto_leave":false}', {}],
    ['{"voters":[10276657743932975437],"auto_leave":false}', { voters: [10276657743932975437n] }],
    [
      '{"voters":[1,18446744073709551615],"learners":[3],"voters_outgoing":[4],"learners_next":[5],"auto_leave":true}',
      {
        voters: [1n, 2n ** 64n - 1n],
        learners: [3n],
        votersOutgoing: [4n],
        learnersNext: [5n],
        autoLeave: true,
      },
    ],
  ];
  for (const [json, fields] of CASES) {
    it(`APPLY-I5: ${json} -> as etcd writes it, with all digits, and back`, () => {
      const state = ConfState.create(fields);
      assert.equal(latin1(confStateJson(state)), json);
      assert.deepEqual(parseConfState(utf8Bytes(json)), state);
    });
  }

  it('auto_leave left out, as 3.7 does -> false', () => {
    assert.equal(parseConfState(utf8Bytes('{"voters":[1]}')).autoLeave, false);
  });

  for (const json of [
    '',
    'null',
    '7',
    '{"voters":1}',
    '{"voters":["x"]}',
    '{"voters":[-1]}',
    '{"voters":[1.5]}',
    '{"voters":[18446744073709551616]}',
  ]) {
    it(`not a ConfState: ${json} -> MEMBERSHIP_BAD_JSON`, () => {
      assert.throws(() => parseConfState(utf8Bytes(json)), { code: 'MEMBERSHIP_BAD_JSON' });
    });
  }
});
