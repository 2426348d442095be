/** Addresses of connections as Go writes them. */
import { isIPv6, type Socket } from 'node:net';

/**
 * `host:port` or `[host]:port`; `@` for a client on a unix socket, which has no name; empty when
 * the connection is closed.
 */
export function remoteAddress(socket: Socket): string {
  const { remoteAddress: address, remotePort: port } = socket;
  if (address === undefined || port === undefined) return socket.destroyed ? '' : '@';
  return hostPort(address, port);
}

/** An IPv4 client of a socket that serves both versions is written as IPv4. */
export function hostPort(address: string, port: number): string {
  const host = address.replace(/^::ffff:(?=[\d.]+$)/, '');
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
