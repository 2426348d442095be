/** The member as a process: how it starts, refuses to start, and ends. Needs no real etcd. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encode, type GrpcClient, grpcClient, KV, openStream } from '../support/grpc-client.ts';
import {
  ETCD_TS,
  freePort,
  MemberProcess,
  type RunResult,
  run,
  temporaryFolder,
} from '../support/processes.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function withMember(
  options: { flags?: readonly string[] },
  use: (member: MemberProcess, client: GrpcClient) => Promise<void>,
): Promise<void> {
  const member = await MemberProcess.start({ kind: 'etcd-ts', ...options });
  const client = grpcClient(member.endpoint);
  try {
    await use(member, client);
  } finally {
    client.close();
    await member.dispose();
  }
}

interface LogLine {
  readonly level: string;
  readonly ts: string;
  readonly caller: string;
  readonly msg: string;
  readonly error?: string;
}

function logLines(log: string): LogLine[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Runs a member to its end; on any free peer port unless told. */
async function runMember(dataDir: string, clientUrl: string, peerUrl?: string): Promise<RunResult> {
  return run(process.execPath, [
    ETCD_TS,
    `--data-dir=${dataDir}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl ?? `http://127.0.0.1:${await freePort()}`}`,
  ]);
}

/** Restarts a stopped member that must refuse to start, and returns its last, fatal line. */
async function refusalOf(member: MemberProcess): Promise<LogLine> {
  member.spawn();
  const status = await member.exited;
  assert.equal(status, 1, member.log);
  const fatal = logLines(member.log).filter((line) => line.level === 'fatal');
  assert.equal(fatal.length, 1, `one fatal line:\n${member.log}`);
  return fatal[0] as LogLine;
}

function onlySegment(member: MemberProcess): string {
  const folder = join(member.dataDir, 'member', 'wal');
  const names = readdirSync(folder).filter((name) => name.endsWith('.wal'));
  assert.equal(names.length, 1);
  return join(folder, names[0] as string);
}

/** Where the zeros of the preallocated rest begin. */
function usedBytes(path: string): number {
  const content = readFileSync(path);
  let end = content.length;
  while (end > 0 && content[end - 1] === 0) end--;
  return end;
}

function flipByte(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 0x10;
  writeSync(file, byte, 0, 1, at);
}

describe('process: start', () => {
  it('a fresh member: log lines, file modes and layout are etcd’s', async () => {
    await withMember({}, async (member) => {
      const lines = logLines(member.log);
      assert.ok(lines.length > 3);
      for (const line of lines) {
        assert.match(line.ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        assert.ok(line.caller.length > 0 && line.msg.length > 0);
        assert.match(line.level, /^(debug|info|warn)$/);
      }
      const folder = join(member.dataDir, 'member');
      for (const path of [member.dataDir, folder, join(folder, 'wal'), join(folder, 'snap')]) {
        assert.equal(statSync(path).mode & 0o777, 0o700, path);
      }
      const segment = onlySegment(member);
      assert.match(segment, /0000000000000000-0000000000000000\.wal$/);
      assert.equal(statSync(segment).mode & 0o777, 0o600);
      assert.equal(statSync(segment).size, 64_000_000);
    });
  });

  it('--wal-dir: the log lies there and a restart finds it', async () => {
    const walDir = join(temporaryFolder(), 'log');
    await withMember({ flags: [`--wal-dir=${walDir}`] }, async (member, client) => {
      await KV.put(client, bytes('k'), bytes('v'));
      assert.ok(readdirSync(walDir).some((name) => name.endsWith('.wal')));
      assert.ok(!existsSync(join(member.dataDir, 'member', 'wal')));
      await member.kill();
      await member.restart();
      const again = grpcClient(member.endpoint);
      assert.equal(await KV.get(again, bytes('k')), 'v');
      again.close();
    });
  });

  it('a busy client port -> one fatal line that names it, and nothing is written', async () => {
    await withMember({}, async (member) => {
      const dataDir = join(temporaryFolder(), 'data');
      const url = `http://${member.endpoint}`;
      const result = await runMember(dataDir, url);
      assert.equal(result.code, 1);
      const fatal = logLines(result.stderr).filter((line) => line.level === 'fatal');
      assert.equal(fatal.length, 1);
      assert.match(JSON.stringify(fatal[0]), new RegExp(`${member.endpoint}.*already in use`));
      assert.ok(!existsSync(dataDir));
    });
  });

  it('a busy peer port -> likewise', async () => {
    await withMember({}, async (member) => {
      const dataDir = join(temporaryFolder(), 'data');
      const url = `http://127.0.0.1:${await freePort()}`;
      const result = await runMember(dataDir, url, member.peerUrl);
      assert.equal(result.code, 1);
      const fatal = logLines(result.stderr).filter((line) => line.level === 'fatal');
      assert.match(JSON.stringify(fatal), new RegExp(`${member.peerUrl}: address already in use`));
      assert.ok(!existsSync(dataDir));
    });
  });

  it('a second process on one data directory -> ends; the first goes on', async () => {
    await withMember({}, async (member, client) => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const result = await runMember(member.dataDir, url);
      assert.equal(result.code, 1);
      const fatal = logLines(result.stderr).filter((line) => line.level === 'fatal');
      assert.equal(fatal.length, 1);
      assert.match(JSON.stringify(fatal[0]), /in use|locked/);
      await KV.put(client, bytes('still'), bytes('here'));
      assert.equal(await KV.get(client, bytes('still')), 'here');
    });
  });

  it('a data directory that cannot be made -> one fatal line that names it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const url = `http://127.0.0.1:${await freePort()}`;
    const result = await runMember(join(folder, 'file', 'data'), url);
    assert.equal(result.code, 1);
    const fatal = logLines(result.stderr).filter((line) => line.level === 'fatal');
    assert.equal(fatal.length, 1);
    assert.match(JSON.stringify(fatal[0]), /file/);
  });

  it('a damaged database of a real etcd -> refused with its name, and left as it is', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'member', 'snap'), { recursive: true });
    writeFileSync(join(folder, 'member', 'snap', 'db'), 'real');
    const url = `http://127.0.0.1:${await freePort()}`;
    const result = await runMember(folder, url);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /member\/snap\/db: no valid meta page/);
    assert.equal(readFileSync(join(folder, 'member', 'snap', 'db'), 'utf8'), 'real');
    assert.ok(!existsSync(join(folder, 'member', 'wal')));
  });
});

describe('process: damage', () => {
  it('a flipped bit inside the log -> refused with file and offset, nothing changed', async () => {
    await withMember({}, async (member, client) => {
      for (let n = 0; n < 50; n++) await KV.put(client, bytes(`k${n}`), bytes('v'.repeat(100)));
      await member.kill();
      const segment = onlySegment(member);
      flipByte(segment, Math.floor(usedBytes(segment) / 2));
      const before = readFileSync(segment);
      const fatal = await refusalOf(member);
      assert.match(JSON.stringify(fatal), /crc mismatch|unexpected|cannot be decoded|length/);
      assert.match(JSON.stringify(fatal), /0000000000000000-0000000000000000\.wal/);
      assert.ok(before.equals(readFileSync(segment)));
    });
  });

  it('a torn last record -> repaired, the original kept, everything before it served', async () => {
    await withMember({}, async (member, client) => {
      for (let n = 0; n < 20; n++) await KV.put(client, bytes(`k${n}`), bytes('v'));
      await member.kill();
      const segment = onlySegment(member);
      // An interrupted write: the last record was never acknowledged, so cut a made-up one.
      const used = usedBytes(segment);
      const file = openSync(segment, 'r+');
      const length = Buffer.alloc(8);
      length.writeBigInt64LE(4096n);
      writeSync(file, length, 0, 8, Math.ceil(used / 8) * 8);
      truncateSync(segment, Math.ceil(used / 8) * 8 + 100);
      await member.restart();
      assert.ok(existsSync(`${segment}.broken`));
      const again = grpcClient(member.endpoint);
      assert.equal(await KV.get(again, bytes('k19')), 'v');
      again.close();
    });
  });

  it('a log that is gone -> refused: the state alone is not the member', async () => {
    await withMember({}, async (member, client) => {
      await KV.put(client, bytes('k'), bytes('v'));
      await member.stop();
      const folder = join(member.dataDir, 'member', 'wal');
      await run('mv', [folder, `${folder}.elsewhere`]);
      const fatal = await refusalOf(member);
      assert.match(JSON.stringify(fatal), /no log/);
    });
  });

  it('an older log under newer state -> refused: acknowledged writes would be lost', async () => {
    await withMember({}, async (member, client) => {
      await KV.put(client, bytes('k'), bytes('v'));
      await member.stop();
      const folder = join(member.dataDir, 'member', 'wal');
      await run('cp', ['-r', folder, `${folder}.old`]);
      await member.restart();
      const again = grpcClient(member.endpoint);
      for (let n = 0; n < 100; n++) await KV.put(again, bytes(`k${n}`), bytes('v'));
      again.close();
      await member.stop();
      await run('mv', [folder, `${folder}.new`]);
      await run('mv', [`${folder}.old`, folder]);
      const fatal = await refusalOf(member);
      assert.match(JSON.stringify(fatal), /the backend holds entry \d+, but the log ends at entry/);
    });
  });
});

describe('process: stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} under load with an open watch -> ends within 5 s, nothing is lost`, async () => {
      await withMember({}, async (member, client) => {
        const watch = openStream(client, '/etcdserverpb.Watch/Watch');
        watch.on('error', () => undefined);
        watch.write(encode('etcdserverpb.WatchRequest', { createRequest: { key: bytes('k') } }));
        let acknowledged = 0;
        const writing = (async () => {
          for (let n = 1; ; n++) {
            await KV.put(client, bytes('k'), bytes(String(n)));
            acknowledged = n;
          }
        })().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const startMs = Date.now();
        member.signal(signal);
        await member.exited;
        assert.ok(Date.now() - startMs < 5000);
        await writing;
        assert.ok(acknowledged > 0);
        await member.restart();
        const again = grpcClient(member.endpoint);
        assert.ok(Number(await KV.get(again, bytes('k'))) >= acknowledged);
        again.close();
      });
    });
  }
});
