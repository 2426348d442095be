import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { u64BeBytes } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { Lease } from '../../../src/pb/index.ts';
import { MemoryBackend } from '../../sim/memory-backend.ts';
import { SimMember } from '../../sim/sim-member.ts';

describe('member state: lease rows that are not those of their key', () => {
  const cases: [string, Uint8Array, bigint][] = [
    ['of another lease', u64BeBytes(7n), 8n],
    ['of no lease', u64BeBytes(0n), 0n],
    ['under a key that is no id', Uint8Array.of(7), 7n],
  ];
  for (const [name, key, ID] of cases) {
    it(`${name} -> BACKEND_CORRUPT`, async () => {
      const sim = new SimMember(1);
      await sim.start();
      await sim.stop();
      const backend = await MemoryBackend.open(sim.disks.backend);
      const batch = backend.batch();
      batch.put(Bucket.lease, key, Lease.encode(Lease.create({ ID, TTL: 60 })));
      await batch.commit();
      await backend.close();
      await assert.rejects(sim.start(), { code: 'BACKEND_CORRUPT', message: /bucket lease/ });
    });
  }
});
