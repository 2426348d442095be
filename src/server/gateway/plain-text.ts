import type { ServerResponse } from 'node:http';

/** Answers with text as Go's `http.Error` does; `body` includes its line end. */
export function plainText(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
