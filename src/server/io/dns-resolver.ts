/** Names as the system resolves them. */
import { lookup, resolveSrv } from 'node:dns/promises';
import type { NameResolver } from '../config/name-resolver.ts';

export const dnsResolver: NameResolver = {
  address: async (host) => (await lookup(host)).address,
  services: async (service, domain) => {
    const records = await resolveSrv(`_${service}._tcp.${domain}`);
    return records
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
      .map(({ name, port }) => ({ target: name, port }));
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
