import type { IncomingMessage } from 'node:http';

/** What a request asks for, or undefined when its target cannot be read. */
export function requestUrl({ url = '/' }: IncomingMessage): URL | undefined {
  try {
    return new URL(url, 'http://member');
  } catch {
    return undefined;
  }
}
