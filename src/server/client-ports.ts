/** The ports of a member, from its configuration. */
import type { Config } from './config/config.ts';
import { isSecure, type ListenPoint, listenPoints, type Traffic } from './config/listen-points.ts';
import { ClientListener } from './io/client-listener.ts';
import type { NamedLogger } from './io/logger.ts';
import { realClock } from './io/real-clock.ts';
import { hostPort } from './io/remote-address.ts';
import type { PeerTls } from './io/tls/peer-tls.ts';
import { RejectionLog } from './io/tls/rejection-log.ts';
import { ServerTls } from './io/tls/server-tls.ts';

const READ_HEADER_TIMEOUT_MS = 5 * 60 * 1000;
const HANDSHAKE_TIMEOUT_MS = 10 * 1000;

/** Listens on all client URLs, with what TLS needs read. Throws TlsError or ListenError. */
export async function openClientPorts(
  config: Config,
  logger: NamedLogger,
): Promise<ClientListener> {
  const points = pointsOf(config);
  return ClientListener.open({
    points,
    tls: await openTls(config, points, logger),
    readHeaderTimeoutMs: READ_HEADER_TIMEOUT_MS,
    handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
    logger,
    rejections: new RejectionLog('client', { logger, clock: realClock }),
  });
}

/** Listens on all peer URLs. Throws ListenError. */
export async function openPeerPorts(
  config: Config,
  { accepting }: PeerTls,
  logger: NamedLogger,
): Promise<ClientListener> {
  return ClientListener.open({
    points: listenPoints(config.listenPeerUrls, []),
    tls: accepting,
    readHeaderTimeoutMs: READ_HEADER_TIMEOUT_MS,
    handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
    logger,
    rejections: new RejectionLog('peer', { logger, clock: realClock }),
  });
}

/** Whether the peer ports are as hard to get through as the client ports. */
export function servesClientsOnPeerPorts(config: Config): boolean {
  const { listenClientUrls, listenPeerUrls, clientTls, peerTls } = config;
  if (!listenClientUrls.every(isSecure)) return true;
  const asksClients = clientTls?.requiresClientCert === true;
  const asksPeers = peerTls.accepting?.requiresClientCert === true;
  return listenPeerUrls.every(isSecure) && (asksPeers || !asksClients);
}

/** A certificate is made even where no port will show it, as etcd does. */
async function openTls(
  { clientTls }: Config,
  points: readonly ListenPoint[],
  logger: NamedLogger,
): Promise<ServerTls | undefined> {
  if (clientTls === undefined) return undefined;
  const isUsed = points.some(({ secure }) => secure);
  if (!isUsed && clientTls.certificate.from === 'files') return undefined;
  const tls = await ServerTls.open(clientTls, logger);
  logger.info('starting with client TLS', {
    'tls-info': tls.describe(),
    'cipher-suites': clientTls.cipherSuites,
  });
  return tls;
}

const TRAFFIC_NAMES: Readonly<Record<Traffic, string>> = {
  all: 'grpc+http',
  grpc: 'grpc',
  http: 'http',
};

/** Says in the log what is served where, and what of it without TLS. */
export function logServing(config: Config, listener: ClientListener, logger: NamedLogger): void {
  const { addresses } = listener;
  for (const [at, { serves, plain, secure }] of pointsOf(config).entries()) {
    const address = addresses[at];
    const fields = {
      traffic: TRAFFIC_NAMES[serves],
      address: typeof address === 'object' ? hostPort(address.address, address.port) : address,
    };
    if (plain) {
      const message = 'serving client traffic insecurely; this is strongly discouraged!';
      logger.info(message, fields);
    }
    if (secure) logger.info('serving client traffic securely', fields);
  }
}

function pointsOf({ listenClientUrls, listenClientHttpUrls }: Config): readonly ListenPoint[] {
  return listenPoints(listenClientUrls, listenClientHttpUrls);
}
