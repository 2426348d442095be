import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { LOG_LEVELS } from '../../../../src/server/config/log-options.ts';
import { type LogStyle, makeLogger, zapTime } from '../../../../src/server/io/logger.ts';

const NOON_MS = Date.UTC(2026, 10, 20, 12, 34, 56, 789);

function recorded(style: Partial<LogStyle> = {}) {
  const lines: string[] = [];
  const sink = (line: string): void => void lines.push(line);
  const logger = makeLogger({ level: 'info', format: 'json', ...style }, sink, () => NOON_MS);
  return { logger, lines };
}

const STAMP = zapTime(NOON_MS);

describe('logger: json', () => {
  it('level, ts, caller, msg, then the fields, in one line', () => {
    const { logger, lines } = recorded();
    logger.info('ready to serve', { address: '127.0.0.1:2379', 'took-ms': 1.5, ok: true });
    assert.deepEqual(lines, [
      `{"level":"info","ts":"${STAMP}","caller":"etcd-ts","msg":"ready to serve",` +
        '"address":"127.0.0.1:2379","took-ms":1.5,"ok":true}\n',
    ]);
  });

  it('named: the name is the caller', () => {
    const { logger, lines } = recorded();
    logger.named('mvcc').named('wal').warn('slow');
    assert.match(lines[0] ?? '', /"caller":"wal","msg":"slow"}\n$/);
  });

  const fields: readonly (readonly [string, unknown, string])[] = [
    ['a bigint', 2n ** 64n - 1n, '18446744073709551615'],
    ['bigints inside', { ids: [1n, 2n ** 63n] }, '{"ids":[1,9223372036854775808]}'],
    ['an error', new InvariantError('why "so"'), '"why \\"so\\""'],
    ['a list', ['a', 1], '["a",1]'],
    ['null', null, 'null'],
    ['a line feed', 'a\nb', '"a\\nb"'],
  ];
  for (const [what, value, json] of fields) {
    it(`${what} -> ${json}`, () => {
      const { logger, lines } = recorded();
      logger.info('m', { value });
      const head = `{"level":"info","ts":"${STAMP}","caller":"etcd-ts","msg":"m",`;
      assert.deepEqual(lines, [`${head}"value":${json}}\n`]);
    });
  }

  it('a field that is undefined is left out', () => {
    const { logger, lines } = recorded();
    logger.info('m', { gone: undefined });
    assert.match(lines[0] ?? '', /"msg":"m"}\n$/);
  });
});

describe('logger: levels', () => {
  for (const [rank, level] of LOG_LEVELS.entries()) {
    it(`at ${level}, what is less severe is left out`, () => {
      const { logger, lines } = recorded({ level });
      for (const each of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[each]('m');
      const written = lines.map((line) => /"level":"(\w+)"/.exec(line)?.[1]);
      const expected = LOG_LEVELS.slice(rank).filter((each) => !each.endsWith('panic'));
      assert.deepEqual(written, expected);
    });
  }
});

describe('logger: console', () => {
  it('columns by tabs, fields with spaces, strings untouched', () => {
    const { logger, lines } = recorded({ format: 'console' });
    logger.named('wal').error('a "b":c,d', { x: 'p:q,"r"', list: [1, 2n ** 60n], o: { a: 1 } });
    const fields = '{"x": "p:q,\\"r\\"", "list": [1, 1152921504606846976], "o": {"a": 1}}';
    assert.deepEqual(lines, [`${STAMP}\terror\twal\ta "b":c,d\t${fields}\n`]);
  });

  it('without fields there is no fifth column', () => {
    const { logger, lines } = recorded({ format: 'console' });
    logger.info('m');
    assert.deepEqual(lines, [`${STAMP}\tinfo\tetcd-ts\tm\n`]);
  });
});

describe('logger: time', () => {
  const times: readonly (readonly [number, string])[] = [
    [0, '2026-11-20T12:34:56.789000Z'],
    [330, '2026-11-20T18:04:56.789000+0530'],
    [-210, '2026-11-20T09:04:56.789000-0330'],
    [720, '2026-11-21T00:34:56.789000+1200'],
  ];
  for (const [offsetMinutes, text] of times) {
    it(`${offsetMinutes} minutes from UTC -> ${text}`, () =>
      assert.equal(zapTime(NOON_MS, offsetMinutes), text));
  }
});
