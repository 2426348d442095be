/** The choice among senders; the real ones are tried in `test/live/systemd-notify.live.test.ts`. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { notifySystemd, type SENDERS } from '../../../../src/server/io/systemd-notify.ts';

type Sender = (typeof SENDERS)[number];

const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-notify-'));
after(() => rmSync(folder, { recursive: true }));

/** A sender that runs a piece of JavaScript. */
const script = (code: string): Sender => ({
  command: process.execPath,
  arguments: () => ['-e', code],
});
const missing: Sender = { command: 'etcd-ts-no-such-program', arguments: () => [] };
const notification = { socket: '/run/x', state: 'READY=1', timeoutMs: 20_000 } as const;

describe('notifySystemd', () => {
  it('a sender that is missing or fails -> the next one', async () => {
    const senders = [missing, script('process.exit(3)'), script('')];
    assert.deepEqual(await notifySystemd(notification, senders), { sender: process.execPath });
  });

  it('no sender can -> why not, one by one', async () => {
    const senders = [missing, script('console.error("no socket"); process.exit(1)')];
    const notified = await notifySystemd(notification, senders);
    assert.ok('failures' in notified);
    assert.equal(notified.failures.length, 2);
    assert.match(notified.failures[0] ?? '', /etcd-ts-no-such-program.*ENOENT/);
    assert.match(notified.failures[1] ?? '', /no socket$/);
  });

  it('a sender that hangs is killed when the time is up, and no other is tried', async () => {
    const senders = [script('setInterval(() => {}, 1000)'), script('')];
    const notified = await notifySystemd({ ...notification, timeoutMs: 300 }, senders);
    assert.ok('failures' in notified);
    assert.match(notified.failures.join(), /^[^,]*not done in \d+ ms$/);
  });

  it('senders get the socket, and nothing else of our environment but the PATH', async () => {
    const path = join(folder, 'environment');
    const code = `require('fs').writeFileSync(${JSON.stringify(path)}, JSON.stringify(process.env))`;
    await notifySystemd(notification, [script(code)]);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
      PATH: process.env['PATH'],
      NOTIFY_SOCKET: '/run/x',
    });
  });
});
