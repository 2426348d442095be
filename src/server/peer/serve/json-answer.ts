import type { ServerResponse } from 'node:http';
import { goJson } from '../../membership/member.ts';

/** Answers with a failure in the form of etcd's v2 API. */
export function jsonMessage(response: ServerResponse, status: number, message: string): void {
  json(response, goJson({ message }), status);
}

export function json(response: ServerResponse, body: string, status = 200): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
