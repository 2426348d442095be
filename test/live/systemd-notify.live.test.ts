/** Readiness as systemd sees it: a datagram socket that asks the kernel who sent. Needs python3. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { notifySystemd, SENDERS } from '../../src/server/io/systemd-notify.ts';
import { MemberProcess } from '../support/processes.ts';

const LISTENER = `
import json, socket, struct, sys
address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
receiver.bind("\\0" + address[1:] if address[0] == "@" else address)
print(json.dumps("listening"), flush=True)
while True:
    data, extra, _, _ = receiver.recvmsg(4096, 1024)
    pid = [struct.unpack("3i", value)[0] for _, kind, value in extra if kind == socket.SCM_CREDENTIALS]
    print(json.dumps({"lines": data.decode().split(), "pid": pid[0]}), flush=True)
`;

interface Message {
  readonly lines: readonly string[];
  /** Who sent it, by the kernel's account. */
  readonly pid: number;
}

class Listener {
  readonly #process: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(address: string) {
    this.#process = spawn('python3', ['-c', LISTENER, address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  static async open(address: string): Promise<Listener> {
    const listener = new Listener(address);
    assert.equal(await listener.#next(), 'listening');
    return listener;
  }

  async next(): Promise<Message> {
    return (await this.#next()) as Message;
  }

  async #next(): Promise<unknown> {
    const line = await this.#lines.next();
    assert.ok(line.done !== true, 'the listener goes on');
    return JSON.parse(line.value);
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }
}

function lacks(command: string): string | false {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return `needs ${command}`;
  }
}

async function withListener(
  kind: 'path' | 'abstract',
  use: (listener: Listener, address: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-notify-'));
  const address = kind === 'path' ? join(folder, 'socket') : `@${folder}/socket`;
  const listener = await Listener.open(address);
  try {
    await use(listener, address);
  } finally {
    await listener.close();
    rmSync(folder, { recursive: true });
  }
}

const isRoot = process.getuid?.() === 0;

describe('systemd readiness', { skip: lacks('python3') }, () => {
  for (const kind of ['path', 'abstract'] as const) {
    for (const [i, sender] of SENDERS.entries()) {
      const title = `sender ${i + 1}, ${sender.command}, to an address of kind ${kind}`;
      const isPrivileged = isRoot && sender.command !== 'perl';
      it(`${title} -> one message${isPrivileged ? ' in the name of this process' : ''}`, {
        skip: lacks(sender.command),
      }, async () => {
        await withListener(kind, async (listener, socket) => {
          const sent = notifySystemd({ socket, state: 'READY=1', timeoutMs: 10_000 }, [sender]);
          const message = await listener.next();
          assert.ok(message.lines.includes('READY=1'), JSON.stringify(message));
          if (isPrivileged) assert.equal(message.pid, process.pid);
          // The second sender waits for an answer that only systemd gives.
          if (i !== 1) assert.deepEqual(await sent, { sender: sender.command });
        });
      });
    }
  }

  it('a member tells when it serves and when it stops', async () => {
    await withListener('path', async (listener, socket) => {
      process.env['NOTIFY_SOCKET'] = socket;
      const member = await MemberProcess.start({ kind: 'etcd-ts' });
      delete process.env['NOTIFY_SOCKET'];
      try {
        const ready = await listener.next();
        assert.ok(ready.lines.includes('READY=1'), JSON.stringify(ready));
        if (isRoot) assert.equal(ready.pid, member.pid);
        assert.match(member.log, /ready to serve client requests[^]*notifying init daemon/);
        await member.stop();
        const stopping = await listener.next();
        assert.ok(stopping.lines.includes('STOPPING=1'), JSON.stringify(stopping));
      } finally {
        await member.dispose();
      }
    });
  });

  it('nobody listens -> the member serves, and says what failed', async () => {
    process.env['NOTIFY_SOCKET'] = join(tmpdir(), 'etcd-ts-no-such-socket');
    const member = await MemberProcess.start({ kind: 'etcd-ts' });
    delete process.env['NOTIFY_SOCKET'];
    try {
      const until = Date.now() + 10_000;
      while (!/failed to notify systemd/.test(member.log) && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.match(member.log, /failed to notify systemd for readiness.*No such file/);
    } finally {
      await member.dispose();
    }
  });
});
