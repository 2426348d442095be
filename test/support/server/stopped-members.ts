/** Members that have run and are stopped, for the commands that work on their files. */

import { utf8Bytes } from '../../../src/base/utf8.ts';
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  PutResponse,
} from '../../../src/pb/index.ts';
import type { MemberOptions } from '../../../src/server/member-options.ts';
import { type DataDirPaths, dataDirPaths } from '../../../src/server/offline/data-dir-paths.ts';
import type { StoppedPorts } from '../../../src/server/offline/open-data-dir.ts';
import type { SimDisks } from '../../sim/sim-disks.ts';
import { SimMember } from '../../sim/sim-member.ts';
import { answered, put, written } from './requests.ts';

export const PATHS: DataDirPaths = dataDirPaths('/data');

/** A member that has a bit of everything, and still runs. Two snapshots, 40 writes and more. */
export async function busyMember(
  seed = 1,
  options: Partial<MemberOptions> = {},
): Promise<SimMember> {
  const sim = new SimMember(seed, options);
  await sim.start();
  for (let n = 0; n < 40; n++) await written(sim, `key-${n % 12}`, `value ${n}`);
  const lease = LeaseGrantRequest.create({ ID: 77n, TTL: 600 });
  await answered(
    sim,
    sim.unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, lease),
    LeaseGrantResponse,
  );
  await answered(sim, put(sim, 'leased', 'x', { lease: 77n }), PutResponse);
  const removal = DeleteRangeRequest.create({ key: utf8Bytes('key-3') });
  await answered(
    sim,
    sim.unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, removal),
    DeleteRangeResponse,
  );
  const compaction = CompactionRequest.create({ revision: 20, physical: true });
  await answered(
    sim,
    sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, compaction),
    CompactionResponse,
  );
  for (let n = 0; n < 10; n++) await written(sim, `late-${n}`, `value ${n}`);
  return sim;
}

export function stoppedPorts(disks: SimDisks): StoppedPorts {
  return { files: disks.files, openBackend: disks.openFolder, locks: { lockedByOthers: () => [] } };
}
