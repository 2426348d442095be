import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, truncateSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  ReloadedFiles,
  TLS_FILE_BYTES_MAX,
} from '../../../../../src/server/io/tls/reloaded-files.ts';
import { TlsFiles } from '../../../../support/tls/tls-files.ts';

async function withFiles(use: (files: TlsFiles) => void): Promise<void> {
  const files = new TlsFiles();
  try {
    use(files);
  } finally {
    files.remove();
  }
}

const joined = (contents: readonly Buffer[]): { text: string } => ({ text: contents.join() });

describe('ReloadedFiles', () => {
  it('nothing changes -> the same object', async () => {
    await withFiles((files) => {
      files.write(files.certFile, 'a');
      files.write(files.keyFile, 'b');
      const reloaded = new ReloadedFiles([files.certFile, files.keyFile], joined);
      assert.equal(reloaded.current().text, 'a,b');
      assert.equal(reloaded.current(), reloaded.current());
    });
  });

  it('TLS-I1: one of them changes, even to the same size -> built anew', async () => {
    await withFiles((files) => {
      files.write(files.certFile, 'a');
      files.write(files.keyFile, 'b');
      const reloaded = new ReloadedFiles([files.certFile, files.keyFile], joined);
      const before = reloaded.current();
      files.write(files.keyFile, 'c');
      assert.equal(reloaded.current().text, 'a,c');
      assert.notEqual(reloaded.current(), before);
    });
  });

  it('missing, then there -> etcd says why, then the contents', async () => {
    await withFiles((files) => {
      const reloaded = new ReloadedFiles([files.certFile], joined);
      const missing = {
        code: 'TLS_FILE_MISSING',
        message: `open ${files.certFile}: no such file or directory`,
      };
      assert.throws(() => reloaded.current(), missing);
      assert.throws(() => reloaded.current(), missing);
      files.write(files.certFile, 'a');
      assert.equal(reloaded.current().text, 'a');
      rmSync(files.certFile);
      assert.throws(() => reloaded.current(), missing);
    });
  });

  it('what `build` throws -> thrown until a file changes, and built once only', async () => {
    await withFiles((files) => {
      let built = 0;
      const reloaded = new ReloadedFiles([files.certFile], ([contents]) => {
        built++;
        if (String(contents) === 'bad') throw new RangeError('bad');
        return built;
      });
      files.write(files.certFile, 'bad');
      assert.throws(() => reloaded.current(), RangeError);
      assert.throws(() => reloaded.current(), RangeError);
      assert.equal(built, 1);
      files.write(files.certFile, 'good');
      assert.equal(reloaded.current(), 2);
    });
  });

  it('a directory, a file beyond TLS_FILE_BYTES_MAX -> refused', async () => {
    await withFiles((files) => {
      mkdirSync(files.certFile);
      const folder = new ReloadedFiles([files.certFile], joined);
      const message = `read ${files.certFile}: is a directory`;
      assert.throws(() => folder.current(), { code: 'TLS_FILE', message });
      files.write(files.keyFile, '');
      truncateSync(files.keyFile, TLS_FILE_BYTES_MAX + 1);
      const large = new ReloadedFiles([files.keyFile], joined);
      assert.throws(() => large.current(), { code: 'TLS_FILE', message: /larger than/ });
    });
  });

  it('a file that may not be read -> refused', { skip: process.getuid?.() === 0 }, async () => {
    await withFiles((files) => {
      files.write(files.keyFile, 'secret');
      chmodSync(files.keyFile, 0);
      const reloaded = new ReloadedFiles([files.keyFile], joined);
      const message = `open ${files.keyFile}: permission denied`;
      assert.throws(() => reloaded.current(), { code: 'TLS_FILE', message });
    });
  });
});
