/** h2spec, the conformance test of HTTP/2 and HPACK, strict, on a server of the simplest kind. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { HELLO_ACCEPTOR } from '../support/http2/hello-acceptor.ts';
import { SocketServer } from '../support/http2/socket-server.ts';

/** h2spec 2.2.1 has so many cases in these groups. */
const CASES = 146;
const GROUPS = ['generic', 'http2', 'hpack'];

function h2spec(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'h2spec'));
  return [process.env['H2SPEC_BIN'] ?? '', ...onPath].find((path) => existsSync(path));
}

/** In CI a missing tool is a failure, never a skip. */
function skipReason(): string | false {
  if (h2spec() !== undefined) return false;
  const reason = 'needs h2spec on the PATH or in H2SPEC_BIN';
  if (process.env['CI'] === 'true') throw new TypeError(reason);
  return reason;
}

describe('h2spec', { skip: skipReason() }, () => {
  it('H2-I7 generic, http2, hpack, strict -> all pass', async () => {
    const server = new SocketServer(HELLO_ACCEPTOR);
    const port = await server.listen();
    const args = [...GROUPS, '--strict', '--host', '127.0.0.1', '--port', String(port)];
    const { stdout } = await promisify(execFile)(h2spec() ?? '', args);
    await server.close();
    assert.match(stdout, new RegExp(`${CASES} tests, ${CASES} passed, 0 skipped, 0 failed`));
  });
});
