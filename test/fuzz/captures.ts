/** What real clients sent: test/golden/http2. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, fromLatin1 } from '../../src/base/bytes.ts';
import { Flag, type Frame, FrameCutter, PREFACE_TEXT, Type } from './frame.ts';
import type { Step } from './script.ts';
import { preface } from './traffic.ts';

const FOLDER = join('test', 'golden', 'http2');

export interface Capture {
  readonly name: string;
  /** The preface, the frames, and a turn where the recorder read a piece; without what answers. */
  readonly steps: readonly Step[];
}

export function readCaptures(): Capture[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.hex'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.hex'.length), steps: stepsOf(file) }));
}

function stepsOf(file: string): Step[] {
  const pieces = readFileSync(join(FOLDER, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => new Uint8Array(Buffer.from(line, 'hex')));
  const whole = concatBytes(pieces);
  const cutter = new FrameCutter({ prefaceBytes: PREFACE_TEXT.length });
  const steps: Step[] = [preface()];
  for (const piece of pieces) {
    for (const frame of cutter.push(piece)) {
      if (!isAnswer(frame)) steps.push({ kind: 'frame', frame });
    }
    steps.push({ kind: 'turn' });
  }
  const starts = fromLatin1(PREFACE_TEXT).every((byte, at) => whole[at] === byte);
  if (!starts || cutter.missing > 0) throw new TypeError(`${file}: not whole HTTP/2 frames`);
  return steps;
}

/** Whether it answers a frame of the server that the client spoke to, which is not ours. */
function isAnswer({ type, flags }: Frame): boolean {
  return (type === Type.SETTINGS || type === Type.PING) && (flags & Flag.ACK) !== 0;
}
