/**
 * h2spec, the conformance test of HTTP/2 and HPACK, strict, on the member's HTTP/2 server with a
 * handler of the simplest kind: the member's own pages are answered before a request has ended.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Http2Server } from '../../src/server/io/http2-server.ts';
import { realClock } from '../../src/server/io/real-clock.ts';
import { realScheduler } from '../../src/server/io/real-scheduler.ts';
import { HELLO_ACCEPTOR } from '../support/http2/hello-acceptor.ts';
import { HTTP2_OPTIONS } from '../support/http2/http2-options.ts';

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
    const server = new Http2Server(HTTP2_OPTIONS, { clock: realClock, scheduler: realScheduler });
    const listener = createServer((socket) => server.injectConnection(socket, HELLO_ACCEPTOR));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const args = [...GROUPS, '--strict', '--host', '127.0.0.1', '--port', String(port)];
    const { stdout } = await promisify(execFile)(h2spec() ?? '', args);
    listener.close();
    await server.shutdown(1000);
    assert.match(stdout, new RegExp(`${CASES} tests, ${CASES} passed, 0 skipped, 0 failed`));
  });
});
