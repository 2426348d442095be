/**
 * Peers that attack HTTP/2 itself, on a real member. Each loses its stream or connection by the
 * code of the limit that it broke; a client beside them goes on undisturbed; and the member's
 * memory stays within bounds. Limits in time are tried with a clock of the test's own, in
 * test/unit/http2/connection.test.ts.
 */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it, type TestContext } from 'node:test';
import { FrameFlag, FrameType, PREFACE } from '../../src/http2/frame.ts';
import { encodeHeaderBlock } from '../../src/http2/hpack/index.ts';
import { Setting } from '../../src/http2/settings.ts';
import { memoryMib, observe } from '../support/bystander.ts';
import { encode } from '../support/grpc-client.ts';
import { grpcFrame } from '../support/http2-client.ts';
import {
  data,
  type Fields,
  frame,
  HELLO,
  headers,
  join,
  ping,
  reset,
  settings,
  u32,
  windowUpdate,
} from '../support/http2/frames.ts';
import { RawClient } from '../support/http2/raw-client.ts';
import { MemberProcess } from '../support/processes.ts';

/** One put of the bystander; generous, as the machine may be busy with other things. */
const STALL_MS_MAX = 1000;
/** What one attacker may make of the member's memory: what bodies it may hold, and V8's waste. */
const MEMORY_MIB_MAX = 512;

const PUT = '/etcdserverpb.KV/Put';
const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const SNAPSHOT = '/etcdserverpb.Maintenance/Snapshot';

let member: MemberProcess;

function grpc(path: string, ...more: Fields): Fields {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':authority', 'localhost'],
    [':path', path],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ];
}

const putBytes = (key: string, value: Uint8Array): Buffer =>
  grpcFrame(encode('etcdserverpb.PutRequest', { key, value }));
const rangeBytes = (key: string): Buffer =>
  grpcFrame(encode('etcdserverpb.RangeRequest', { key, serializable: true }));

/** The same for many, each with its place; `make` gives the frames of one. */
function many(count: number, make: (at: number) => Uint8Array): Uint8Array {
  return join(Array.from({ length: count }, (_, at) => make(at)));
}

const streamId = (at: number): number => 2 * at + 1;

async function attacker(...first: readonly Uint8Array[]): Promise<RawClient> {
  const client = await RawClient.connect(member.endpoint);
  await client.write(HELLO, ...first);
  return client;
}

/** `harm` is done while the bystander goes on, and the member's memory is looked at. */
async function unharmed(
  t: TestContext,
  harm: () => Promise<void>,
  memoryMibMax: number = MEMORY_MIB_MAX,
): Promise<void> {
  const beforeMib = memoryMib(member);
  const { calls, slowestMs, highestMib } = await observe(member, harm);
  const afterMib = memoryMib(member);
  t.diagnostic(`${calls} puts, slowest ${Math.round(slowestMs)} ms`);
  t.diagnostic(`memory ${beforeMib} MiB before, ${highestMib} at most, ${afterMib} after`);
  assert.ok(slowestMs <= STALL_MS_MAX, `a put took ${slowestMs} ms`);
  assert.ok(highestMib <= memoryMibMax, `${highestMib} MiB is more than ${memoryMibMax}`);
}

describe('hostile peers', () => {
  before(async () => {
    member = await MemberProcess.start({ kind: 'etcd-ts' });
  });
  after(async () => {
    await member.dispose();
  });

  describe('floods: the connection ends by ENHANCE_YOUR_CALM', () => {
    const emptyData = (): Uint8Array => data(1, new Uint8Array(0), 'open');
    const unknown = frame({ type: 0x42 }, new Uint8Array(8));
    const priority = frame({ type: FrameType.PRIORITY, streamId: 3 }, new Uint8Array(5));
    const blockPart = (flags: number, type: number): Uint8Array =>
      frame({ type, streamId: 1, flags }, new Uint8Array(0));
    const open = headers(1, grpc(WATCH), 'open');
    const floods: [name: string, first: Uint8Array, frame: Uint8Array, reason: string][] = [
      ['PING', open, ping(), 'too_many_pings'],
      ['PING that acknowledge nothing', open, ping(FrameFlag.ACK), 'too many: pings'],
      ['SETTINGS', open, settings([Setting.INITIAL_WINDOW_SIZE, 1]), 'too many: settings'],
      ['WINDOW_UPDATE', open, windowUpdate(0, 1), 'too many: windowUpdates'],
      ['empty DATA', open, emptyData(), 'too many: emptyData'],
      ['PRIORITY', open, priority, 'too many: ignored'],
      ['frames of an unknown type', open, unknown, 'too many: ignored'],
      ['RST_STREAM', open, reset(1), 'too many: resets'],
      ['DATA of a stream that ended', over, data(1, u32(0), 'open'), 'too many: ignored'],
      ['HEADERS without fields', open, headers(3, [], 'open'), 'too many: badRequests'],
      [
        'CONTINUATION',
        blockPart(FrameFlag.NONE, FrameType.HEADERS),
        blockPart(FrameFlag.NONE, FrameType.CONTINUATION),
        'too many: CONTINUATION',
      ],
      [
        'long CONTINUATION',
        blockPart(FrameFlag.NONE, FrameType.HEADERS),
        frame({ type: FrameType.CONTINUATION, streamId: 1 }, new Uint8Array(16_384)),
        'header block too long',
      ],
    ];
    for (const [name, first, again, reason] of floods) {
      it(name, async (t) => {
        const burst = many(Math.ceil(65_536 / again.length), () => again);
        await unharmed(t, async () => {
          const client = await attacker(first);
          await client.flood(burst, 1000);
          assert.equal(await client.end(), `ENHANCE_YOUR_CALM ${reason}`);
        });
      });
    }
  });
});
