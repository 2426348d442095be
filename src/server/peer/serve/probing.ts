/** GET /raft/probing: that we are here, and what time it is. */
import type { PeerCall } from './peer-call.ts';

export function answerProbe({ response, clock }: PeerCall): void {
  const now = new Date(clock.wallMs()).toISOString();
  const body = `{"OK":true,"Now":"${now}"}\n`;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
