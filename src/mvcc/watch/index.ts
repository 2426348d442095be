export type { MemberHeader } from './response-encoder.ts';
export { type WatchCounts, WatchHub, type WatchHubOptions } from './watch-hub.ts';
export type { ResponseSink, WatchStream } from './watch-stream.ts';
