/** Client listeners for tests. */

import { listenPoints } from '../../../src/server/config/listen-points.ts';
import { parseMemberUrl } from '../../../src/server/config/member-url.ts';
import {
  ClientListener,
  type ClientListenerOptions,
} from '../../../src/server/io/client-listener.ts';
import { realClock } from '../../../src/server/io/real-clock.ts';
import type { Hosts } from '../../../src/server/io/tls/client-address.ts';
import { RejectionLog } from '../../../src/server/io/tls/rejection-log.ts';
import type { ServerTls } from '../../../src/server/io/tls/server-tls.ts';
import { RecordingLogger } from '../recording-logger.ts';

export interface ListenerSetup {
  /** One plain port if not given. */
  readonly urls?: readonly string[];
  readonly httpUrls?: readonly string[];
  readonly tls?: ServerTls;
  readonly readHeaderTimeoutMs?: number;
  readonly handshakeTimeoutMs?: number;
  readonly log?: RecordingLogger;
  readonly hosts?: Hosts;
}

export function openListener(setup: ListenerSetup): Promise<ClientListener> {
  const logger = setup.log ?? new RecordingLogger();
  const options: ClientListenerOptions = {
    points: listenPoints(
      (setup.urls ?? ['http://127.0.0.1:0']).map(parseMemberUrl),
      (setup.httpUrls ?? []).map(parseMemberUrl),
    ),
    tls: setup.tls,
    readHeaderTimeoutMs: setup.readHeaderTimeoutMs ?? 60_000,
    handshakeTimeoutMs: setup.handshakeTimeoutMs ?? 60_000,
    logger,
    hosts: setup.hosts,
    rejections: new RejectionLog('client', { logger, clock: realClock }),
  };
  return ClientListener.open(options);
}

/** The port of its `at`th address; 0 for a unix socket. */
export function portOf(listener: ClientListener, at = 0): number {
  const address = listener.addresses[at];
  return typeof address === 'object' ? address.port : 0;
}
