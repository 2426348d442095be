import type { Http2Options } from '../http2/index.ts';
import type { Config } from './config/config.ts';

/** What grpc-go takes when etcd tells it nothing. */
const PING_INTERVAL_MIN_DEFAULT_MS = 5 * 60 * 1000;
const KEEPALIVE_INTERVAL_DEFAULT_MS = 2 * 60 * 60 * 1000;
const KEEPALIVE_TIMEOUT_DEFAULT_MS = 20 * 1000;

/**
 * The flags that HTTP/2 connections heed. As in etcd, 0 leaves the default in place, and either of
 * `--grpc-keepalive-interval` and `-timeout` does that for both.
 */
export function http2Options(
  config: Pick<
    Config,
    'concurrentStreamsMax' | 'keepAliveMinTimeMs' | 'keepAliveIntervalMs' | 'keepAliveTimeoutMs'
  >,
): Http2Options {
  const isSet = config.keepAliveIntervalMs > 0 && config.keepAliveTimeoutMs > 0;
  return {
    maxConcurrentStreams: config.concurrentStreamsMax,
    pingMinIntervalMs: config.keepAliveMinTimeMs || PING_INTERVAL_MIN_DEFAULT_MS,
    keepaliveIntervalMs: isSet ? config.keepAliveIntervalMs : KEEPALIVE_INTERVAL_DEFAULT_MS,
    keepaliveTimeoutMs: isSet ? config.keepAliveTimeoutMs : KEEPALIVE_TIMEOUT_DEFAULT_MS,
  };
}
