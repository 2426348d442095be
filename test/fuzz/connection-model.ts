/** What both ends of a connection know by now, as RFC 9113 has it: frames sent and received. */

export const WINDOW_BYTES_DEFAULT = 65_535;
export const WINDOW_BYTES_MAX = 0x7fffffff;

/** RFC 9113 section 5.1, with how far the answer is and what closed the stream. */
export const STREAM_STATES = [
  'idle',
  'open',
  'open, answered',
  'half-closed (remote)',
  'half-closed (remote), answered',
  'half-closed (local)',
  'closed by both ends',
  'closed by RST_STREAM of the client',
  'closed by RST_STREAM of the server',
  'closed unused',
] as const;
export type StreamState = (typeof STREAM_STATES)[number];

export class StreamModel {
  readonly id: number;
  clientEnded = false;
  clientReset = false;
  serverEnded = false;
  serverReset = false;
  serverAnswered = false;
  /** The client passed it over: it was closed without ever being open. */
  isUnused = false;
  /** How much DATA the server may still send; negative after SETTINGS took from it. */
  serverWindow: number;
  /** How much DATA the client may still send. */
  clientWindow: number;
  /** Body of the request, without padding. */
  readonly requestBody: Uint8Array[] = [];
  readonly answerBody: Uint8Array[] = [];
  answerBytes = 0;
  /** The answer's first block, and its last when that is another. */
  head: ReadonlyMap<string, string> | undefined;
  trailers: ReadonlyMap<string, string> | undefined;
  /** Frames of the client that came when the stream was closed: each may be met by RST_STREAM. */
  lateFrames = 0;
  /** Frames that came in this turn: what the server made of them is not known yet. */
  framesThisTurn = 0;

  constructor(id: number, windows: { readonly server: number; readonly client: number }) {
    this.id = id;
    this.serverWindow = windows.server;
    this.clientWindow = windows.client;
  }

  get isClosed(): boolean {
    const isReset = this.clientReset || this.serverReset;
    return this.isUnused || isReset || (this.clientEnded && this.serverEnded);
  }

  get state(): StreamState {
    if (this.isUnused) return 'closed unused';
    if (this.clientReset) return 'closed by RST_STREAM of the client';
    if (this.serverReset) return 'closed by RST_STREAM of the server';
    if (this.serverEnded) return this.clientEnded ? 'closed by both ends' : 'half-closed (local)';
    if (this.clientEnded) {
      return this.serverAnswered ? 'half-closed (remote), answered' : 'half-closed (remote)';
    }
    return this.serverAnswered ? 'open, answered' : 'open';
  }
}

export class ConnectionModel {
  readonly streams = new Map<number, StreamModel>();
  highestId = 0;
  serverWindow = WINDOW_BYTES_DEFAULT;
  clientWindow = WINDOW_BYTES_DEFAULT;
  /** SETTINGS_INITIAL_WINDOW_SIZE of either end, as it holds for what the other sends. */
  serverInitialWindow = WINDOW_BYTES_DEFAULT;
  clientInitialWindow = WINDOW_BYTES_DEFAULT;
  serverFrameBytesMax = 16_384;
  /** Acknowledgements that the server owes, in order: for SETTINGS, its HEADER_TABLE_SIZE if any. */
  readonly settingsOwed: (number | undefined)[] = [];
  readonly pingsOwed: string[] = [];
  /** What the client has to acknowledge. */
  readonly serverPings: Uint8Array[] = [];
  serverSettings = 0;
  goAways: { readonly code: number; readonly lastId: number }[] = [];
  /** The server has closed its end, or was told that the socket is gone. */
  isOver = false;

  /** Whether the server has given up the connection for an error. */
  get isFailed(): boolean {
    return this.goAways.some(({ code }) => code !== 0);
  }

  stateOf(streamId: number): StreamState {
    return this.known(streamId)?.state ?? 'idle';
  }

  /** The stream, if it is not idle. */
  known(streamId: number): StreamModel | undefined {
    const stream = this.streams.get(streamId);
    if (stream !== undefined || streamId % 2 === 0 || streamId > this.highestId) return stream;
    const unused = this.#add(streamId);
    unused.isUnused = true;
    return unused;
  }

  open(streamId: number): StreamModel {
    this.highestId = streamId;
    return this.#add(streamId);
  }

  #add(streamId: number): StreamModel {
    const stream = new StreamModel(streamId, {
      server: this.serverInitialWindow,
      client: this.clientInitialWindow,
    });
    this.streams.set(streamId, stream);
    return stream;
  }
}
