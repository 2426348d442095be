/** `/metrics`: the page as text, compressed for those who ask for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { plainText } from './plain-text.ts';

/** As etcd's; the last part says that names hold nothing but letters, digits and underscores. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

export interface MetricsSource {
  text(): Promise<string>;
}

export function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  source: MetricsSource,
): void {
  source.text().then(
    (text) => {
      response.setHeader('Content-Type', CONTENT_TYPE);
      if (acceptsGzip(request)) zipped(text, response);
      else response.end(text);
    },
    (error: unknown) => failed(response, error),
  );
}

function zipped(text: string, response: ServerResponse): void {
  gzip(text, (error, bytes) => {
    if (error !== null) {
      failed(response, error);
      return;
    }
    response.setHeader('Content-Encoding', 'gzip');
    response.end(bytes);
  });
}

function failed(response: ServerResponse, error: unknown): void {
  plainText(response, 500, `An error has occurred while serving metrics:\n\n${String(error)}\n`);
}

function acceptsGzip({ headers }: IncomingMessage): boolean {
  const encodings = String(headers['accept-encoding'] ?? '').split(',');
  return encodings.some((encoding) => {
    const [name, ...parameters] = encoding.split(';').map((part) => part.trim());
    return name === 'gzip' && !parameters.includes('q=0');
  });
}
