/** What a real etcdctl finds of users and roles in a snapshot of a member. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withFile } from '../bbolt/disk-files.ts';
import { type MemberProcess, realTool, run } from '../processes.ts';

const BUCKETS = ['auth', 'authUsers', 'authRoles'];

/** Every row of the buckets of auth: bucket, key and value. */
export async function storedAuth(member: MemberProcess, ...flags: string[]): Promise<string[]> {
  const path = join(member.folder, 'auth.db');
  const etcdctl = realTool('etcdctl') ?? 'etcdctl';
  const endpoint = `--endpoints=${member.endpoint}`;
  const saved = await run(etcdctl, [endpoint, ...flags, 'snapshot', 'save', path]);
  assert.equal(saved.code, 0, saved.stderr);
  const rows = withFile(path, (file) =>
    BUCKETS.flatMap((name) => {
      const found: string[] = [];
      const cursor = file.bucket(Buffer.from(name))?.rows();
      for (let some = cursor?.next(100) ?? []; some.length > 0; some = cursor?.next(100) ?? []) {
        for (const { key, value } of some) {
          found.push(
            `${name} ${Buffer.from(key).toString()} ${Buffer.from(value).toString('hex')}`,
          );
        }
      }
      return found;
    }),
  );
  rmSync(path);
  return rows;
}
