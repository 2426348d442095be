import type { Http2Options } from '../../../src/http2/index.ts';

/** What real members use, but for a limit of streams that a test can hit. */
export const HTTP2_OPTIONS: Http2Options = {
  maxConcurrentStreams: 100,
  pingMinIntervalMs: 5000,
  keepaliveIntervalMs: 7_200_000,
  keepaliveTimeoutMs: 20_000,
};
