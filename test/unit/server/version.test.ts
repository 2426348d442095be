import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ETCD_VERSION, PRODUCT_VERSION, versionText } from '../../../src/server/version.ts';

describe('version', () => {
  it('is that of the package', () => {
    const path = join(import.meta.dirname, '../../../../package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    assert.equal(PRODUCT_VERSION, version);
  });

  it('of etcd: three numbers, since clients parse them', () => {
    assert.match(ETCD_VERSION, /^3\.6\.\d+$/);
  });

  it('four lines in the form of etcd', () => {
    const lines =
      /^etcd Version: 3\.6\.14\nGit SHA: etcd-ts-[\d.]+\nGo Version: node-v\d+\.\d+\.\d+\nGo OS\/Arch: \w+\/\w+\n$/;
    assert.match(versionText(), lines);
  });
});
