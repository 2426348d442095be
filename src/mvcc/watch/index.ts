export type { MemberHeader } from './response-encoder.ts';
export { WatchHub, type WatchHubOptions } from './watch-hub.ts';
export type { ResponseSink, WatchStream } from './watch-stream.ts';
