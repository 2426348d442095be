import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowMethod } from './allow-method.ts';

/** Whether the request is a GET; any other is answered by 405. */
export function allowGet(request: IncomingMessage, response: ServerResponse): boolean {
  return allowMethod(request, response, 'GET');
}
