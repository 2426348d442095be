/** Listens on the address of a URL, as Go's `net.Listen` would. */
import { lookup } from 'node:dns/promises';
import { rmSync, statSync } from 'node:fs';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { MemberUrl } from '../config/member-url.ts';
import { listenError } from './listen-error.ts';

/** Resolves when it listens; rejects with {@link ListenError}. */
export async function listenOn(
  url: MemberUrl,
  onConnection: (socket: Socket) => void,
): Promise<Server> {
  if ('path' in url) removeStaleSocket(url.path);
  // HTTP/1 clients may half-close after their request, as node:http's own listener allows.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
  const address = await addressOf(url);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(url.text, error)));
    server.listen(address, resolve);
  });
  server.removeAllListeners('error');
  return server;
}

const ALL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

async function addressOf(url: MemberUrl): Promise<ListenOptions> {
  if ('path' in url) return { path: url.path };
  const { host, port } = url;
  // Both versions of IP, as far as the machine has them.
  if (ALL_ADDRESSES.has(host)) return { port };
  if (host !== 'localhost') return { host, port };
  // Of several addresses the first one, and those of IPv4 first.
  const { address } = await lookup(host, { verbatim: false });
  return { host: address, port };
}

/** A process that was killed leaves its socket file behind, which would keep the next one out. */
function removeStaleSocket(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path, { force: true });
}
