/** HTTP on the peer port, as far as it says something to others than peers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowGet } from './allow-get.ts';
import { plainText } from './plain-text.ts';
import { requestUrl } from './request-url.ts';
import { answerVersion, type VersionView } from './version.ts';

/** Answers one request; for `node:http`'s request event. */
export function peerHttpHandler(
  version: VersionView,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = requestUrl(request);
    if (url === undefined) plainText(response, 400, '400 Bad Request');
    else if (url.pathname !== '/version') plainText(response, 404, '404 page not found\n');
    else if (allowGet(request, response)) answerVersion(response, version);
  };
}
