/** Starts real servers as processes, ours and real etcd, each on free ports in a folder of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const ETCD_TS = join(DIST, 'bin', 'etcd-ts.js');

/** Path of a real etcd tool: from `ETCD_BIN_DIR`, else from the PATH; undefined when there is none. */
export function realTool(name: 'etcd' | 'etcdctl' | 'etcdutl'): string | undefined {
  const folders = [process.env['ETCD_BIN_DIR'], ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .filter((folder) => folder !== undefined && folder !== '')
    .map((folder) => join(folder as string, name))
    .find((path) => existsSync(path));
}

/** Every etcdctl to be tried: the one of `ETCD_BIN_DIR` and the one on the PATH, newest first. */
export function etcdctls(): string[] {
  const fromPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'etcdctl'))
    .find((path) => existsSync(path));
  const found = [realTool('etcdctl'), fromPath].filter((path) => path !== undefined);
  return [...new Set(found)];
}

/**
 * Why the live tests cannot run here, or false when they can. In CI a missing tool is a failure,
 * never a skip.
 */
export function liveSkipReason(...tools: ('etcd' | 'etcdctl' | 'etcdutl')[]): string | false {
  const missing = tools.filter((tool) => realTool(tool) === undefined);
  if (missing.length === 0) return false;
  const reason = `needs ${missing.join(', ')} on the PATH or in ETCD_BIN_DIR`;
  if (process.env['CI'] === 'true') throw new TypeError(reason);
  return reason;
}

/** Below the range from which the system picks ports for outgoing connections. */
const PORT_FIRST = 20_000;
const PORTS = 12_000;
let nextPort = (process.pid * 101) % PORTS;

/** A port that nobody listens on, and that no outgoing connection takes until it is used. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries++) {
    const port = PORT_FIRST + nextPort;
    nextPort = (nextPort + 1) % PORTS;
    if (await canListen(port)) return port;
  }
  throw new TypeError('no free port');
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise<void>((resolve) => server.close(() => resolve()));
  return listens;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'etcd-ts-test-'));
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; never rejects for an exit status. */
export function run(
  command: string,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        env: { ...process.env, ...options.env },
        timeout: options.timeoutMs ?? 20_000,
        maxBuffer: 64 << 20,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    // A command that reads no input may be gone before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Where a member runs, if not on this machine as it is. */
export interface Place {
  readonly address: string;
  /** What runs a command there. */
  readonly command: readonly [string, ...string[]];
}

export interface MemberOptions {
  readonly kind: 'etcd-ts' | 'etcd';
  readonly place?: Place;
  readonly name?: string;
  readonly folder?: string;
  readonly clientPort?: number;
  readonly peerPort?: number;
  /** `http` unless given. */
  readonly peerScheme?: 'http' | 'https';
  /** The cluster it starts with; itself alone unless given. */
  readonly initialCluster?: string;
  readonly flags?: readonly string[];
}

interface MemberUrls {
  readonly client: string;
  readonly peer: string;
}

/** Three members at once took 20 s to serve on two cores that six others kept busy. */
const SERVING_MS_MAX = 60_000;

/** One member as a process. */
export class MemberProcess {
  readonly endpoint: string;
  readonly peerUrl: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly #line: readonly string[];
  #child: ChildProcess | undefined;
  #exit: Promise<number> = Promise.resolve(0);
  log = '';

  private constructor(line: readonly string[], folder: string, urls: MemberUrls) {
    this.#line = line;
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    this.endpoint = urls.client.slice('http://'.length);
    this.peerUrl = urls.peer;
  }

  /** Starts a member and waits until it serves. */
  static async start(options: MemberOptions): Promise<MemberProcess> {
    const member = await MemberProcess.launch(options);
    await member.untilServing();
    return member;
  }

  /** Starts a member and waits for nothing. */
  static async launch(options: MemberOptions): Promise<MemberProcess> {
    const folder = options.folder ?? temporaryFolder();
    const address = options.place?.address ?? '127.0.0.1';
    const client = `http://${address}:${options.clientPort ?? (await freePort())}`;
    const peerPort = options.peerPort ?? (await freePort());
    const peer = `${options.peerScheme ?? 'http'}://${address}:${peerPort}`;
    const name = options.name ?? 'default';
    const flags = [
      `--name=${name}`,
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${options.initialCluster ?? `${name}=${peer}`}`,
      ...(options.flags ?? []),
    ];
    const program =
      options.kind === 'etcd' ? [realTool('etcd') ?? 'etcd'] : [process.execPath, ETCD_TS];
    const line = [...(options.place?.command ?? []), ...program, ...flags];
    const member = new MemberProcess(line, folder, { client, peer });
    member.spawn();
    return member;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the process (again) on the same folder and ports. */
  async restart(): Promise<void> {
    this.spawn();
    await this.untilServing();
  }

  /** Starts the process without waiting for it to serve. */
  spawn(): void {
    const [command = '', ...args] = this.#line;
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = '';
    const collect = (chunk: Buffer): void => {
      this.log = (this.log + chunk.toString()).slice(-1_000_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? -9 : -15)));
    });
  }

  async untilServing(timeoutMs = SERVING_MS_MAX): Promise<void> {
    const until = Date.now() + timeoutMs;
    let ended: number | undefined;
    void this.#exit.then((code) => {
      ended = code;
    });
    while (Date.now() < until) {
      if (ended !== undefined) throw new TypeError(`the member ended (${ended}):\n${this.log}`);
      if (await this.#healthy()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new TypeError(`the member does not serve:\n${this.log}`);
  }

  async #healthy(): Promise<boolean> {
    try {
      const answer = await fetch(`http://${this.endpoint}/health`);
      return answer.ok;
    } catch {
      return false;
    }
  }

  /** Resolves with the exit status when the process has ended; minus the number for a signal. */
  get exited(): Promise<number> {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exit;
  }

  async stop(): Promise<number> {
    this.signal('SIGTERM');
    return this.#exit;
  }

  /** Ends the process and removes its folder. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
