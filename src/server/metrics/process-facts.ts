/** What Linux tells of this process and Node does not. Elsewhere everything is undefined. */
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessFacts {
  readonly openFiles: number | undefined;
  readonly openFilesLimit: number | undefined;
  readonly virtualBytes: number | undefined;
  readonly virtualBytesLimit: number | undefined;
  /** Of the process' network namespace, over all interfaces. */
  readonly receivedBytes: number | undefined;
  readonly sentBytes: number | undefined;
}

/** No limit, as Go's Prometheus client says it: all bits of a 64-bit number. */
const UNLIMITED = 2 ** 64;

export async function readProcessFacts(folder = '/proc/self'): Promise<ProcessFacts> {
  const [files, limits, status, netstat] = await Promise.all([
    readdir(`${folder}/fd`).catch(() => undefined),
    textOf(`${folder}/limits`),
    textOf(`${folder}/status`),
    textOf(`${folder}/net/netstat`),
  ]);
  const network = parseNetstat(netstat);
  return {
    // The folder's own descriptor is among them, while it is read.
    openFiles: files === undefined ? undefined : files.length - 1,
    openFilesLimit: parseLimit(limits, 'Max open files'),
    virtualBytes: parseVirtualBytes(status),
    virtualBytesLimit: parseLimit(limits, 'Max address space'),
    receivedBytes: network.get('InOctets'),
    sentBytes: network.get('OutOctets'),
  };
}

/** The soft limit of that name in the text of `/proc/self/limits`. */
export function parseLimit(limits: string, name: string): number | undefined {
  const line = limits.split('\n').find((each) => each.startsWith(`${name} `));
  const soft = line?.slice(name.length).trim().split(/\s+/)[0];
  return soft === 'unlimited' ? UNLIMITED : numberOf(soft);
}

/** Bytes of address space by the text of `/proc/self/status`. */
export function parseVirtualBytes(status: string): number | undefined {
  const kibibytes = numberOf(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

/** Counters of the IP layer in the text of `/proc/self/net/netstat`: a line of names, one of values. */
export function parseNetstat(netstat: string): Map<string, number> {
  const lines = netstat.split('\n').filter((line) => line.startsWith('IpExt: '));
  const [names = [], values = []] = lines.map((line) => line.split(' ').slice(1));
  return new Map(names.map((name, i) => [name, Number(values[i])]));
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
