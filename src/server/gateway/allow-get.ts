import type { IncomingMessage, ServerResponse } from 'node:http';
import { plainText } from './plain-text.ts';

/** Whether the request is a GET; any other is answered by 405. */
export function allowGet(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET') return true;
  response.setHeader('Allow', 'GET');
  plainText(response, 405, 'Method Not Allowed\n');
  return false;
}
