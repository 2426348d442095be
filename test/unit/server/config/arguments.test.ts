import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArguments } from '../../../../src/server/config/arguments.ts';

function values(argv: readonly string[]): (readonly [string, unknown])[] {
  return readArguments(argv).assignments.map(({ flag, value }) => [flag.name, value] as const);
}

describe('arguments: forms', () => {
  const forms: readonly (readonly [readonly string[], readonly (readonly [string, unknown])[]])[] =
    [
      [[], []],
      [['-name', 'a'], [['name', 'a']]],
      [['--name', 'a'], [['name', 'a']]],
      [['-name=a'], [['name', 'a']]],
      [['--name=a=b'], [['name', 'a=b']]],
      [['--name='], [['name', '']]],
      [['--name', '--pre-vote'], [['name', '--pre-vote']]],
      [['--pre-vote'], [['pre-vote', true]]],
      [
        ['--pre-vote=f', '--version'],
        [
          ['pre-vote', false],
          ['version', true],
        ],
      ],
      [
        ['--name', 'a', '--name', 'b'],
        [
          ['name', 'a'],
          ['name', 'b'],
        ],
      ],
      [['--name', 'a', '--'], [['name', 'a']]],
      [['--heartbeat-interval', '0x64'], [['heartbeat-interval', 100]]],
      [['--backend-batch-interval', '1m30s'], [['backend-batch-interval', 90_000]]],
      [
        ['-v', '-vv=whatever', '--snapshot'],
        [
          ['v', undefined],
          ['vv', undefined],
          ['snapshot', undefined],
        ],
      ],
      [['--host-whitelist', 'b,a,b'], [['host-whitelist', ['a', 'b']]]],
    ];
  for (const [argv, expected] of forms) {
    it(JSON.stringify(argv), () => assert.deepEqual(values(argv), expected));
  }

  it('help stops the reading, by either name and whatever its value', () => {
    for (const name of ['-h', '--h', '-help', '--help', '--help=x']) {
      assert.equal(readArguments([name, '--no-such-flag']).help, true);
    }
  });

  it('a 64-bit count beyond 2^53 saturates', () => {
    const [[, value] = []] = values(['--snapshot-count', '18446744073709551615']);
    assert.equal(value, Number.MAX_SAFE_INTEGER);
  });
});

describe('arguments: refusals', () => {
  // As etcd 3.5.30 prints them, but for the quotes around the leftover, which are those of 3.6.
  const usage: readonly (readonly [readonly string[], string])[] = [
    [['-x'], 'flag provided but not defined: -x'],
    [['--x=1'], 'flag provided but not defined: -x'],
    [['--toString'], 'flag provided but not defined: -toString'],
    [['--enable-v2'], 'flag provided but not defined: -enable-v2'],
    [['--proxy', 'on'], 'flag provided but not defined: -proxy'],
    [['--=3'], 'bad flag syntax: --=3'],
    [['-=3'], 'bad flag syntax: -=3'],
    [['---name'], 'bad flag syntax: ---name'],
    [['--name'], 'flag needs an argument: -name'],
    [
      ['--heartbeat-interval', 'abc'],
      'invalid value "abc" for flag -heartbeat-interval: parse error',
    ],
    [
      ['--heartbeat-interval', '-5'],
      'invalid value "-5" for flag -heartbeat-interval: parse error',
    ],
    [
      ['--heartbeat-interval=99999999999999999999999'],
      'invalid value "99999999999999999999999" for flag -heartbeat-interval: value out of range',
    ],
    [
      ['--backend-batch-limit', '1.5'],
      'invalid value "1.5" for flag -backend-batch-limit: parse error',
    ],
    [
      ['--quota-backend-bytes=9223372036854775808'],
      'invalid value "9223372036854775808" for flag -quota-backend-bytes: value out of range',
    ],
    [
      ['--backend-batch-interval', '5'],
      'invalid value "5" for flag -backend-batch-interval: parse error',
    ],
    [['--pre-vote=maybe'], 'invalid boolean value "maybe" for -pre-vote: parse error'],
    [
      ['--max-concurrent-streams', 'x'],
      'invalid value "x" for flag -max-concurrent-streams: ' +
        'strconv.ParseUint: parsing "x": invalid syntax',
    ],
    [
      ['--max-concurrent-streams', '4294967296'],
      'invalid value "4294967296" for flag -max-concurrent-streams: ' +
        'strconv.ParseUint: parsing "4294967296": value out of range',
    ],
    [
      ['--initial-cluster-state', 'foo'],
      'invalid value "foo" for flag -initial-cluster-state: invalid value',
    ],
    [
      ['--discovery-fallback=foo'],
      'invalid value "foo" for flag -discovery-fallback: invalid value',
    ],
    [
      ['--cors', 'foo'],
      'invalid value "foo" for flag -cors: URL scheme must be http, https, unix, or unixs: foo',
    ],
    [
      ['--listen-client-urls', 'http://foo'],
      'invalid value "http://foo" for flag -listen-client-urls: ' +
        'URL address does not have the form "host:port": http://foo',
    ],
    [
      ['--feature-gates', 'Foo=true'],
      'invalid value "Foo=true" for flag -feature-gates: unrecognized feature gate: Foo',
    ],
  ];
  for (const [argv, message] of usage) {
    it(`${JSON.stringify(argv)} -> ${message}`, () =>
      assert.throws(() => readArguments(argv), { code: 'CONFIG_USAGE', message }));
  }

  const leftovers: readonly (readonly [readonly string[], string])[] = [
    [['foo'], 'foo'],
    [['-'], '-'],
    [['--', '--name'], '--name'],
    [['--pre-vote', 'false'], 'false'],
    [['foo', '--no-such-flag'], 'foo'],
  ];
  for (const [argv, leftover] of leftovers) {
    it(`${JSON.stringify(argv)} -> leftover ${leftover}`, () =>
      assert.throws(() => readArguments(argv), {
        code: 'CONFIG_INVALID',
        message: `"${leftover}" is not a valid flag`,
      }));
  }
});
