/** The addresses of the client ports: URLs with the same address share one socket, as in etcd. */
import { ConfigError } from './errors.ts';
import type { MemberUrl } from './member-url.ts';

/** What is served on a port: with `--listen-client-http-urls`, each port serves one of the two. */
export type Traffic = 'all' | 'grpc' | 'http';

export interface ListenPoint {
  /** The first URL of this address. */
  readonly url: MemberUrl;
  readonly serves: Traffic;
  /** At least one of the two; where both are, the first byte of a connection tells. */
  readonly plain: boolean;
  readonly secure: boolean;
}

/**
 * Each address once, in the order of the URLs. Throws CONFIG_INVALID for one that would have to
 * serve gRPC only and HTTP only.
 */
export function listenPoints(
  clientUrls: readonly MemberUrl[],
  httpUrls: readonly MemberUrl[],
): readonly ListenPoint[] {
  const points = new Map<string, ListenPoint>();
  const add = (url: MemberUrl, serves: Traffic): void => {
    const key = 'path' in url ? url.path : `${url.host}:${url.port}`;
    const present = points.get(key);
    if (present !== undefined && present.serves !== serves) {
      throw new ConfigError(
        'CONFIG_INVALID',
        'cannot bind both --listen-client-urls and --listen-client-http-urls ' +
          `on the same url ${url.text}`,
      );
    }
    const secure = isSecure(url);
    points.set(key, {
      url: present?.url ?? url,
      serves,
      plain: present?.plain === true || !secure,
      secure: present?.secure === true || secure,
    });
  };
  for (const url of clientUrls) add(url, httpUrls.length === 0 ? 'all' : 'grpc');
  for (const url of httpUrls) add(url, 'http');
  return [...points.values()];
}

export function isSecure({ scheme }: MemberUrl): boolean {
  return scheme === 'https' || scheme === 'unixs';
}
