import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  parseLimit,
  parseNetstat,
  parseVirtualBytes,
  readProcessFacts,
} from '../../../../src/server/metrics/process-facts.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max open files            20000                20001                files
Max address space         unlimited            unlimited            bytes
`;

describe('process facts', () => {
  it('limits: the soft one; unlimited as Go shows it; a missing one', () => {
    assert.equal(parseLimit(LIMITS, 'Max open files'), 20000);
    assert.equal(parseLimit(LIMITS, 'Max address space'), 2 ** 64);
    assert.equal(parseLimit(LIMITS, 'Max file locks'), undefined);
  });

  it('virtual memory is given in kB, of 1024 bytes', () => {
    assert.equal(parseVirtualBytes('Name:\tnode\nVmPeak:\t  9 kB\nVmSize:\t   12 kB\n'), 12 * 1024);
    assert.equal(parseVirtualBytes(''), undefined);
  });

  it('netstat: values by name', () => {
    const text = 'TcpExt: InOctets A\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets\nIpExt: 3 4\n';
    assert.deepEqual(
      [...parseNetstat(text)],
      [
        ['InNoRoutes', 3],
        ['InOctets', 4],
      ],
    );
    assert.equal(parseNetstat('').size, 0);
  });

  it('a system without /proc -> all undefined', async () => {
    const facts = await readProcessFacts('/no/such/folder');
    assert.deepEqual(new Set(Object.values(facts)), new Set([undefined]));
  });

  it('this process, where there is /proc', { skip: process.platform !== 'linux' }, async () => {
    const facts = await readProcessFacts();
    const open = readdirSync('/proc/self/fd').length - 1;
    assert.ok(Math.abs((facts.openFiles ?? 0) - open) < 5, `${facts.openFiles} of ${open}`);
    assert.ok((facts.openFilesLimit ?? 0) >= open);
    assert.ok((facts.virtualBytes ?? 0) > process.memoryUsage.rss());
  });
});
