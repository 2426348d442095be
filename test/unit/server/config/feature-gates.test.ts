import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkFeatureGates,
  FEATURE_GATES,
  gateEnabled,
  parseFeatureGates,
  unbuiltGates,
} from '../../../../src/server/config/feature-gates.ts';

describe('feature-gates', () => {
  it('nothing set: TxnModeWriteWithSharedBuffer alone is on', () => {
    const on = FEATURE_GATES.filter((gate) => gateEnabled({}, gate));
    assert.deepEqual(on, ['TxnModeWriteWithSharedBuffer']);
    assert.deepEqual(unbuiltGates({}), []);
  });

  it('pairs with blanks and Go booleans', () => {
    const settings = parseFeatureGates(' CompactHashCheck = T ,InitialCorruptCheck=0,');
    assert.deepEqual(settings, { CompactHashCheck: true, InitialCorruptCheck: false });
  });

  it('AllAlpha sets every alpha gate but those set by name', () => {
    const settings = parseFeatureGates('LeaseCheckpoint=false,AllAlpha=true,AllBeta=false');
    assert.equal(gateEnabled(settings, 'LeaseCheckpoint'), false);
    assert.equal(gateEnabled(settings, 'CompactHashCheck'), true);
    assert.equal(gateEnabled(settings, 'TxnModeWriteWithSharedBuffer'), false);
  });

  const bad: readonly (readonly [string, string])[] = [
    ['Foo=true', 'unrecognized feature gate: Foo'],
    ['toString=true', 'unrecognized feature gate: toString'],
    ['compacthashcheck=true', 'unrecognized feature gate: compacthashcheck'],
    ['CompactHashCheck', 'missing bool value for CompactHashCheck'],
    [
      'CompactHashCheck=maybe',
      'invalid value of CompactHashCheck=maybe, err: ' +
        'strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
  ];
  for (const [text, message] of bad) {
    it(`${text} -> ${message}`, () =>
      assert.throws(() => parseFeatureGates(text), { code: 'CONFIG_VALUE', message }));
  }

  it('LeaseCheckpointPersist without LeaseCheckpoint is refused, with it accepted', () => {
    assert.throws(() => checkFeatureGates({ LeaseCheckpointPersist: true }), {
      code: 'CONFIG_INVALID',
      message:
        'enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint',
    });
    checkFeatureGates({ LeaseCheckpointPersist: true, LeaseCheckpoint: true });
  });
});
