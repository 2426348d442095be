import { latin1 } from '../../../src/base/bytes.ts';
import type { ResponseSink } from '../../../src/mvcc/watch/index.ts';
import { Event, EventType, KeyValue, WatchResponse } from '../../../src/pb/index.ts';

/** An event in short: `put k=v @5`, `delete k @6`, with ` was v` when it has a former value. */
export type EventText = string;

/** A response in short: fields that are not zero, events as text. */
export interface ResponseText {
  readonly id: number;
  readonly revision: number;
  readonly created?: true;
  readonly canceled?: true;
  readonly reason?: string;
  readonly compactRevision?: number;
  readonly fragment?: true;
  readonly events?: readonly EventText[];
}

/** Holds up to `room` responses, then says that it is full, until they are taken. */
export class FakeSink implements ResponseSink {
  room: number;
  readonly responses: Uint8Array[] = [];
  #held = 0;

  constructor(room: number = Number.POSITIVE_INFINITY) {
    this.room = room;
  }

  send(response: Uint8Array): boolean {
    this.responses.push(response);
    return ++this.#held < this.room;
  }

  /** There is room again. */
  free(): void {
    this.#held = 0;
  }

  /** Responses since they were last read or taken; they still take up room. */
  read(): ResponseText[] {
    return this.responses.splice(0).map(responseText);
  }

  /** Reads the responses and makes room. */
  take(): ResponseText[] {
    this.free();
    return this.read();
  }
}

export function responseText(bytes: Uint8Array): ResponseText {
  const response = WatchResponse.decode(bytes);
  return {
    id: Number(response.watchId),
    revision: response.header?.revision ?? 0,
    ...(response.created && { created: true }),
    ...(response.canceled && { canceled: true }),
    ...(response.cancelReason !== '' && { reason: response.cancelReason }),
    ...(response.compactRevision !== 0 && { compactRevision: response.compactRevision }),
    ...(response.fragment && { fragment: true }),
    ...(response.events.length > 0 && { events: response.events.map(eventText) }),
  };
}

function eventText(bytes: Uint8Array): EventText {
  const event = Event.decode(bytes);
  const kv = KeyValue.decode(event.kv ?? new Uint8Array());
  const former = event.prevKv === undefined ? undefined : KeyValue.decode(event.prevKv);
  const was = former === undefined ? '' : ` was ${latin1(former.value)}`;
  if (event.type === EventType.DELETE) return `delete ${latin1(kv.key)} @${kv.modRevision}${was}`;
  return `put ${latin1(kv.key)}=${latin1(kv.value)} @${kv.modRevision}${was}`;
}
