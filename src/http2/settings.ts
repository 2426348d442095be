/** SETTINGS frames: RFC 9113 section 6.5. */
import { type Frame, readU32, WINDOW_BYTES_MAX, writeU32 } from './frame.ts';
import { Http2Error } from './http2-error.ts';

export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

const SETTING_BYTES = 6;
const FRAME_SIZE_LOWEST = 16_384;
const FRAME_SIZE_HIGHEST = 0xff_ffff;

/** What we use of a peer's settings; undefined: not in this frame. */
export interface PeerSettings {
  readonly headerTableBytes: number | undefined;
  readonly initialWindowBytes: number | undefined;
}

/**
 * Checks a SETTINGS frame that is no acknowledgement. A setting that comes twice counts as it came
 * last. Throws Http2Error.
 */
export function readSettings(frame: Frame): PeerSettings {
  const { bytes, start, end } = frame;
  if ((end - start) % SETTING_BYTES !== 0) throw new Http2Error('FRAME_SIZE_ERROR', 'SETTINGS');
  let headerTableBytes: number | undefined;
  let initialWindowBytes: number | undefined;
  for (let at = start; at < end; at += SETTING_BYTES) {
    const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    const value = readU32(bytes, at + 2);
    checkSetting(id, value);
    if (id === Setting.HEADER_TABLE_SIZE) {
      // The smallest of several is what the peer's table has been cut to: RFC 7541, section 4.2.
      headerTableBytes = Math.min(value, headerTableBytes ?? value);
    }
    if (id === Setting.INITIAL_WINDOW_SIZE) initialWindowBytes = value;
  }
  return { headerTableBytes, initialWindowBytes };
}

/** Unknown settings are ignored. */
function checkSetting(id: number, value: number): void {
  if (id === Setting.ENABLE_PUSH && value > 1) {
    throw new Http2Error('PROTOCOL_ERROR', 'bad SETTINGS_ENABLE_PUSH');
  }
  if (id === Setting.INITIAL_WINDOW_SIZE && value > WINDOW_BYTES_MAX) {
    throw new Http2Error('FLOW_CONTROL_ERROR', 'bad SETTINGS_INITIAL_WINDOW_SIZE');
  }
  const isFrameSize = value >= FRAME_SIZE_LOWEST && value <= FRAME_SIZE_HIGHEST;
  if (id === Setting.MAX_FRAME_SIZE && !isFrameSize) {
    throw new Http2Error('PROTOCOL_ERROR', 'bad SETTINGS_MAX_FRAME_SIZE');
  }
}

/** The payload that announces `settings`, pairs of id and value. */
export function settingsPayload(settings: readonly (readonly [number, number])[]): Uint8Array {
  const payload = new Uint8Array(settings.length * SETTING_BYTES);
  for (const [place, [id, value]] of settings.entries()) {
    payload[place * SETTING_BYTES + 1] = id;
    writeU32(payload, place * SETTING_BYTES + 2, value);
  }
  return payload;
}
