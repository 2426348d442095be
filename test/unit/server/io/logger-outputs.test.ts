import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openLogger } from '../../../../src/server/io/logger.ts';
import {
  openLogOutputs,
  PIPE_WAITS_MAX,
  writeLine,
} from '../../../../src/server/io/logger-outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-log-'));
after(() => rmSync(folder, { recursive: true }));

const LINE = new TextEncoder().encode('a line\n');

function fullPipe(): Error {
  return Object.assign(new Error('EAGAIN'), { code: 'EAGAIN' });
}

describe('logger-outputs: files', () => {
  it('every file gets each line, behind what it holds', () => {
    const [a, b] = [join(folder, 'a.log'), join(folder, 'b.log')];
    writeFileSync(a, 'before\n');
    const sink = openLogOutputs([a, b]);
    sink('one\n');
    sink('two é\n');
    assert.equal(readFileSync(a, 'utf8'), 'before\none\ntwo é\n');
    assert.equal(readFileSync(b, 'utf8'), 'one\ntwo é\n');
  });

  it('a line is in the file when the logger returns', () => {
    const path = join(folder, 'sync.log');
    const logger = openLogger({ logLevel: 'info', logFormat: 'json', logOutputs: [path] });
    logger.fatal('last words');
    assert.match(readFileSync(path, 'utf8'), /^\{"level":"fatal",.*"msg":"last words"\}\n$/);
  });

  it('no outputs: the log is discarded', () => {
    openLogger({ logLevel: 'info', logFormat: 'json', logOutputs: [] }).info('m');
  });

  it('a file that cannot be opened -> LOG_OUTPUT', () => {
    const path = join(folder, 'none', 'x.log');
    assert.throws(() => openLogOutputs([path]), {
      code: 'LOG_OUTPUT',
      message: new RegExp(`^open sink "${path}": ENOENT`),
    });
  });
});

describe('logger-outputs: writing', () => {
  it('a short write goes on where it stopped', () => {
    let written = '';
    const done = writeLine(LINE, (rest) => {
      written += String.fromCharCode(...rest.subarray(0, 3));
      return Math.min(3, rest.length);
    });
    assert.equal(done, true);
    assert.equal(written, 'a line\n');
  });

  it('a pipe that is full once is waited for', () => {
    let calls = 0;
    const done = writeLine(LINE, (rest) => {
      calls += 1;
      if (calls === 1) throw fullPipe();
      return rest.length;
    });
    assert.equal(done, true);
  });

  it('a pipe that stays full costs the line after PIPE_WAITS_MAX waits', () => {
    let calls = 0;
    const done = writeLine(LINE, () => {
      calls += 1;
      throw fullPipe();
    });
    assert.equal(done, false);
    assert.equal(calls, PIPE_WAITS_MAX + 1);
  });

  it('a full disk costs the line at once, and nothing else', () => {
    let calls = 0;
    const done = writeLine(LINE, () => {
      calls += 1;
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    assert.equal(done, false);
    assert.equal(calls, 1);
  });
});
