/** etcd's own Go client as a process; built here, so it needs Go and its module proxy. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SOURCE = join(ROOT, 'test', 'support', 'go-client');
const GO_MINOR_MIN = 24;
const BUILD_TIMEOUT_MS = 5 * 60 * 1000;

/** Why it cannot be built here, or false. Not a failure in CI: Debian's Go is too old for it. */
export function goSkipReason(): string | false {
  const reason = `needs Go 1.${GO_MINOR_MIN}`;
  try {
    const version = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', cwd: '/' });
    const minor = Number(/^go1\.(\d+)/.exec(version)?.[1]);
    return minor >= GO_MINOR_MIN ? false : reason;
  } catch {
    return reason;
  }
}

/** Builds the client into `folder`; resolves with its path. */
export async function buildGoClient(folder: string): Promise<string> {
  const path = join(folder, 'go-client');
  const args = ['build', '-C', SOURCE, '-o', path, '.'];
  const { code, stderr } = await run('go', args, { timeoutMs: BUILD_TIMEOUT_MS });
  if (code !== 0) throw new TypeError(`the Go client does not build: ${stderr}`);
  return path;
}
