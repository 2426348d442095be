import type { IncomingMessage, ServerResponse } from 'node:http';
import { plainText } from './plain-text.ts';

/** Whether the request has the one method that is allowed; any other is answered by 405. */
export function allowMethod(
  request: IncomingMessage,
  response: ServerResponse,
  method: 'GET' | 'POST',
): boolean {
  if (request.method === method) return true;
  response.setHeader('Allow', method);
  plainText(response, 405, 'Method Not Allowed\n');
  return false;
}
