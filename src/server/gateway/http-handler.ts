/** HTTP/1.1 on the client port: routes, and what every answer has in common (compat-facts 4). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowGet } from './allow-get.ts';
import { answerHealth, type HealthProbe } from './health.ts';
import { answerMetrics, type MetricsSource } from './metrics.ts';
import { plainText } from './plain-text.ts';
import { requestUrl } from './request-url.ts';
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
    const url = requestUrl(request);
    if (url === undefined) {
      plainText(response, 400, '400 Bad Request');
      return;
    }
    switch (url.pathname) {
      case '/version':
        if (allowGet(request, response)) answerVersion(response, ports.version);
        return;
      case '/health':
        if (allowGet(request, response)) answerHealth(url.searchParams, response, ports.health);
        return;
      case '/metrics':
        answerMetrics(request, response, ports.metrics);
        return;
      default:
        plainText(response, 404, '404 page not found\n');
    }
  };
}
