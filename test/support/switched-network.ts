/**
 * Machines on one switch, as far as Linux' network namespaces go: each with an address of its own,
 * all within reach of this process, and what one sends to another can be lost on the way.
 */
import { execFileSync } from 'node:child_process';
import type { Place } from './processes.ts';

/** Nobody has this address: what is sent to it is lost, and the sender is not told. */
const NOWHERE = '02:00:00:00:00:00';
const BRIDGE_HOST = 254;

let created = 0;

/** Why there can be no such network here, or false when there can. In CI that is a failure. */
export function networkSkipReason(): string | false {
  const name = `ets${process.pid}-try`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return false;
  } catch (error) {
    const reason = 'needs network namespaces: Linux, iproute2 and root';
    if (process.env['CI'] === 'true') throw new TypeError(reason, { cause: error });
    return reason;
  }
}

export class SwitchedNetwork {
  readonly #bridge: string;
  readonly #subnet: string;
  readonly #hosts: number;

  constructor(hosts: number) {
    this.#hosts = hosts;
    this.#bridge = `ets${process.pid}-${created}`;
    // Of the addresses kept for such tests (RFC 2544), by process, so that runs do not meet.
    this.#subnet = `198.${18 + (created & 1)}.${process.pid & 255}`;
    created++;
    try {
      ip('link', 'add', this.#bridge, 'type', 'bridge');
      ip('address', 'add', `${this.#subnet}.${BRIDGE_HOST}/24`, 'dev', this.#bridge);
      ip('link', 'set', this.#bridge, 'up');
      for (let host = 0; host < hosts; host++) this.#connect(host);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  get places(): Place[] {
    return Array.from({ length: this.#hosts }, (_, host) => ({
      address: this.#address(host),
      command: ['ip', 'netns', 'exec', this.#namespace(host)],
    }));
  }

  /** From now on what host `from` sends to host `to` is lost; the other direction stays. */
  cut(from: number, to: number): void {
    this.#direct(from, to, NOWHERE);
  }

  /** From now on nothing passes between the two groups of hosts. */
  split(some: readonly number[], others: readonly number[]): void {
    for (const one of some) {
      for (const other of others) {
        this.cut(one, other);
        this.cut(other, one);
      }
    }
  }

  /** From now on everything arrives. */
  heal(): void {
    for (let from = 0; from < this.#hosts; from++) {
      for (let to = 0; to < this.#hosts; to++) {
        if (from !== to) this.#direct(from, to, hardware(to));
      }
    }
  }

  /** Processes that still run there keep their namespace, but nobody can reach them. */
  dispose(): void {
    for (let host = 0; host < this.#hosts; host++)
      attempt('netns', 'delete', this.#namespace(host));
    attempt('link', 'delete', this.#bridge);
  }

  #connect(host: number): void {
    const namespace = this.#namespace(host);
    const port = `${this.#bridge}${host}`;
    ip('netns', 'add', namespace);
    ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', port, 'master', this.#bridge, 'up');
    const inside = (...args: string[]): void => ip('-n', namespace, ...args);
    inside('link', 'set', 'lo', 'up');
    inside('link', 'set', 'eth0', 'address', hardware(host), 'up');
    inside('address', 'add', `${this.#address(host)}/24`, 'dev', 'eth0');
  }

  /** Has `from` send to this hardware address what is for host `to`. */
  #direct(from: number, to: number, lladdr: string): void {
    const entry = [this.#address(to), 'dev', 'eth0', 'lladdr', lladdr, 'nud', 'permanent'];
    ip('-n', this.#namespace(from), 'neighbour', 'replace', ...entry);
  }

  #address(host: number): string {
    return `${this.#subnet}.${host + 1}`;
  }

  #namespace(host: number): string {
    return `${this.#bridge}-${host}`;
  }
}

function hardware(host: number): string {
  return `02:00:00:00:01:0${host + 1}`;
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

function attempt(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // It was never made.
  }
}
