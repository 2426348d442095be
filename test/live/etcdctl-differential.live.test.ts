/** Real etcdctl, old and new, prints the same against us as against real etcd. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import {
  etcdctls,
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
} from '../support/processes.ts';
import { SCRIPT } from './etcdctl-script.ts';
import { expectedDifference } from './known-differences.ts';
import { ScriptRun, type StepOutput } from './run-script.ts';

const skip = liveSkipReason('etcd', 'etcdctl');

async function outputsOf(
  kind: 'etcd' | 'etcd-ts',
  etcdctl: string,
  ports: { client: number; peer: number },
): Promise<StepOutput[]> {
  const member = await MemberProcess.start({
    kind,
    clientPort: ports.client,
    peerPort: ports.peer,
  });
  try {
    return await new ScriptRun(etcdctl, member.endpoint).all(SCRIPT);
  } finally {
    await member.dispose();
  }
}

describe('etcdctl against etcd and etcd-ts', { skip }, () => {
  for (const etcdctl of skip === false ? etcdctls() : []) {
    it(`${basename(etcdctl)} ${etcdctl === realTool('etcdctl') ? '3.5' : '3.4'}: same bytes`, async (t) => {
      const version = await run(etcdctl, ['version'], { env: { ETCDCTL_API: '3' } });
      t.diagnostic(version.stdout.split('\n')[0] ?? '');
      // The same ports for both, so that member and cluster ids are the same.
      const ports = { client: await freePort(), peer: await freePort() };
      const real = await outputsOf('etcd', etcdctl, ports);
      const ours = await outputsOf('etcd-ts', etcdctl, ports);
      assert.equal(ours.length, real.length);
      const differences = real.flatMap((step, at) => {
        const mine = ours[at]?.output ?? '';
        if (mine === step.output || expectedDifference(step, mine)) return [];
        return [{ command: step.command, etcd: step.output, 'etcd-ts': mine }];
      });
      assert.deepEqual(differences, []);
      t.diagnostic(`${real.length} steps`);
    });
  }
});
