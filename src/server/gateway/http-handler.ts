/** HTTP/1.1 on the client port: routes, and what every answer has in common (compat-facts 4). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerHealth, type HealthProbe } from './health.ts';
import { answerMetrics, type MetricsSource } from './metrics.ts';
import { plainText } from './plain-text.ts';
import { answerVersion, type VersionView } from './version.ts';

export interface HttpPorts {
  readonly health: HealthProbe;
  readonly version: VersionView;
  readonly metrics: MetricsSource;
}

const CORS_HEADERS: readonly (readonly [string, string])[] = [
  ['Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE'],
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Allow-Headers', 'accept, content-type, authorization'],
];

/** Answers one request; for `node:http`'s request event. */
export function httpHandler(
  ports: HttpPorts,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    for (const [name, value] of CORS_HEADERS) response.setHeader(name, value);
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    const url = parsedUrl(request.url ?? '/');
    if (url === undefined) {
      plainText(response, 400, '400 Bad Request');
      return;
    }
    switch (url.pathname) {
      case '/version':
        if (isGet(request, response)) answerVersion(response, ports.version);
        return;
      case '/health':
        if (isGet(request, response)) answerHealth(url.searchParams, response, ports.health);
        return;
      case '/metrics':
        answerMetrics(request, response, ports.metrics);
        return;
      default:
        plainText(response, 404, '404 page not found\n');
    }
  };
}

function isGet(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET') return true;
  response.setHeader('Allow', 'GET');
  plainText(response, 405, 'Method Not Allowed\n');
  return false;
}

function parsedUrl(target: string): URL | undefined {
  try {
    return new URL(target, 'http://member');
  } catch {
    return undefined;
  }
}
