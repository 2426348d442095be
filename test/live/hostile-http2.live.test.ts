/**
 * Peers that attack HTTP/2 itself, on a real member. Each loses its stream or connection by the
 * code of the limit that it broke; a client beside them goes on undisturbed; and the member's
 * memory stays within bounds. Limits in time are tried with a clock of the test's own, in
 * test/unit/http2/connection.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FrameFlag, FrameType, PREFACE } from '../../src/http2/frame.ts';
import { HELD_BYTES_MAX, HELD_BYTES_TOTAL_MAX } from '../../src/http2/held-bytes.ts';
import { Setting } from '../../src/http2/settings.ts';
import { memoryMib, observe } from '../support/bystander.ts';
import { encode, grpcClient, KV } from '../support/grpc-client.ts';
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
import { grpcFrame } from '../support/http2-client.ts';
import { MemberProcess } from '../support/processes.ts';

/** One put of the bystander; generous, as the machine may be busy with other things. */
const STALL_MS_MAX = 1000;
/** The member's memory where nothing large is held: some 40 MiB when idle, and V8's waste. */
const MEMORY_MIB_MAX = 256;
const MIB = 1024 * 1024;
/** What one connection may make the member hold; and all, with the flush that is under way on each. */
const MIBS_HELD_MAX = HELD_BYTES_MAX / MIB;
const MIBS_HELD_IN_ALL_MAX = HELD_BYTES_TOTAL_MAX / MIB + 512;
/** Answers that nobody wants any more, until V8 has collected them. */
const MIBS_READ_MAX = 1024;
/** Frames, or requests, that are sent at once. */
const BURST = 500;
/** Connections of each kind of slowness. */
const SLOW = 200;

const PUT = '/etcdserverpb.KV/Put';
const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';

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
/** All keys with the prefix. */
const rangeBytes = (key: string): Buffer => {
  const rangeEnd = `${key}~`;
  return grpcFrame(encode('etcdserverpb.RangeRequest', { key, rangeEnd, serializable: true }));
};

/** A whole request. */
function request(id: number, path: string, body: Uint8Array): Uint8Array {
  return join([headers(id, grpc(path), 'open'), data(id, body, 'end')]);
}

/** The same for many, each with its place; `make` gives the frames of one. */
function many(count: number, make: (at: number) => Uint8Array): Uint8Array {
  return join(Array.from({ length: count }, (_, at) => make(at)));
}

/** A header of 4 KB, and then four thousand times the index of it: a list of 16 MB. */
function bomb(at: number): Uint8Array {
  const field = Buffer.concat([
    Uint8Array.of(0x40, 1, 0x78, 0x7f, 0xa1, 0x1e),
    Buffer.alloc(4000, 'x'),
  ]);
  const block = join([field, new Uint8Array(4000).fill(0xbe)]);
  const flags = FrameFlag.END_HEADERS | FrameFlag.END_STREAM;
  return frame({ type: FrameType.HEADERS, streamId: 2 * at + 3, flags }, block);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

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
    const client = grpcClient(member.endpoint);
    const value = Buffer.alloc(16_384, 'v');
    for (let at = 0; at < 256; at++) await KV.put(client, Buffer.from(`large${at}`), value);
    client.close();
  });
  after(async () => {
    await member.dispose();
  });

  describe('floods -> the connection ends by ENHANCE_YOUR_CALM', () => {
    const NONE = new Uint8Array(0);
    const { NONE: NO_FLAGS } = FrameFlag;
    const { HEADERS, CONTINUATION, PRIORITY } = FrameType;
    const open = headers(1, grpc(WATCH), 'open');
    const begun = frame({ type: HEADERS, streamId: 1, flags: NO_FLAGS });
    const more = (bytes: number): Uint8Array =>
      frame({ type: CONTINUATION, streamId: 1, flags: NO_FLAGS }, new Uint8Array(bytes));
    /** What is sent first, and then one after another. */
    const floods: [
      name: string,
      first: Uint8Array,
      next: (at: number) => Uint8Array,
      why: string,
    ][] = [
      ['PING', open, () => ping(), 'too_many_pings'],
      ['PING acknowledged unasked', open, () => ping(FrameFlag.ACK), 'too many: pings'],
      ['SETTINGS', open, () => settings([Setting.MAX_FRAME_SIZE, 16_384]), 'too many: settings'],
      ['WINDOW_UPDATE', open, () => windowUpdate(0, 1), 'too many: windowUpdates'],
      ['empty DATA', open, () => data(1, NONE, 'open'), 'too many: emptyData'],
      [
        'PRIORITY',
        open,
        () => frame({ type: PRIORITY, streamId: 3 }, new Uint8Array(5)),
        'too many: ignored',
      ],
      ['an unknown type', open, () => frame({ type: 0x42 }), 'too many: ignored'],
      [
        'rapid reset',
        open,
        (at) => join([headers(2 * at + 3, grpc(WATCH), 'open'), reset(2 * at + 3)]),
        'too many: resets',
      ],
      ['malformed requests', open, (at) => headers(2 * at + 3, [], 'end'), 'too many: badRequests'],
      ['header lists too large', open, bomb, 'too many: badRequests'],
      ['CONTINUATION, empty', begun, () => more(0), 'too many: CONTINUATION'],
      ['CONTINUATION, full', begun, () => more(16_384), 'header block too long'],
    ];
    for (const [name, first, next, why] of floods) {
      it(name, (t) =>
        unharmed(t, async () => {
          const client = await attacker(first);
          for (let at = 0; !client.isOver; at += BURST) {
            assert.ok(at < 500_000, 'no end of the flood');
            await client.write(many(BURST, (place) => next(at + place)));
            await nextTurn();
          }
          assert.equal(await client.end(), `ENHANCE_YOUR_CALM ${why}`);
        }),
      );
    }
  });

  describe('frames that break a rule -> the connection ends by its code', () => {
    const open = headers(1, grpc(WATCH), 'open');
    const LARGEST = 0x7fff_ffff;
    const ends: [name: string, frame: Uint8Array, end: string][] = [
      [
        'too large',
        frame({ type: 0x42 }, new Uint8Array(16_385)),
        'FRAME_SIZE_ERROR frame of 16385 bytes',
      ],
      ['a window grown by 0', windowUpdate(0, 0), 'PROTOCOL_ERROR WINDOW_UPDATE of 0'],
      ['a window that overflows', windowUpdate(0, LARGEST), 'FLOW_CONTROL_ERROR window too large'],
      [
        'SETTINGS that make one overflow',
        join([windowUpdate(1, 1), settings([Setting.INITIAL_WINDOW_SIZE, LARGEST])]),
        'FLOW_CONTROL_ERROR window too large',
      ],
      [
        'a header that is no HPACK',
        frame(
          { type: FrameType.HEADERS, streamId: 3, flags: FrameFlag.END_HEADERS },
          Uint8Array.of(0xff),
        ),
        'COMPRESSION_ERROR',
      ],
    ];
    for (const [name, bytes, end] of ends) {
      it(name, (t) =>
        unharmed(t, async () => {
          const client = await attacker(open, bytes);
          assert.ok((await client.end()).startsWith(end), client.goAway);
        }),
      );
    }

    it('of one stream -> the stream ends by its code, and the connection goes on', (t) =>
      unharmed(t, async () => {
        const client = await attacker(
          many(3, (at) => headers(2 * at + 1, grpc(PUT), 'open')),
          windowUpdate(1, LARGEST),
          many(5, () => data(3, new Uint8Array(16_384), 'open')),
          windowUpdate(5, 0),
          bomb(3),
          request(11, PUT, putBytes('k', Buffer.from('v'))),
        );
        await client.untilFrame(/HEADERS 11 end/);
        assert.deepEqual(
          client.frames.filter((line) => /RST|HEADERS 9/.test(line)),
          [
            'RST_STREAM 1 FLOW_CONTROL_ERROR',
            'RST_STREAM 3 FLOW_CONTROL_ERROR',
            'RST_STREAM 5 PROTOCOL_ERROR',
            'HEADERS 9 end',
          ],
        );
        client.destroy();
      }));
  });

  describe('slowness', () => {
    /** Everything that is not there yet when a peer stops in the middle. */
    const stages: [name: string, sent: Uint8Array][] = [
      ['the connection', new Uint8Array(0)],
      ['the preface', PREFACE.subarray(0, 20)],
      ['SETTINGS', PREFACE],
      ['the head of a frame', join([HELLO, ping().subarray(0, 5)])],
      ['a payload', join([HELLO, headers(1, grpc(PUT), 'open').subarray(0, 30)])],
      ['a header block', join([HELLO, frame({ type: FrameType.HEADERS, streamId: 1 })])],
      ['a message', join([HELLO, headers(1, grpc(PUT), 'open'), data(1, u32(0), 'open')])],
      ['the end of a stream', join([HELLO, headers(1, grpc(WATCH), 'open')])],
    ];
    it(`${SLOW} connections that stop at each stage -> others are served`, (t) =>
      unharmed(t, async () => {
        const clients: RawClient[] = [];
        for (const [, sent] of stages) {
          const stopped = Array.from({ length: SLOW }, () => RawClient.connect(member.endpoint));
          for (const client of await Promise.all(stopped)) {
            clients.push(client);
            await client.write(sent);
          }
        }
        await nextTurn();
        for (const client of clients) client.destroy();
      }));

    it('a byte of a frame at a time -> others are served', (t) =>
      unharmed(t, async () => {
        const clients = await Promise.all(Array.from({ length: 20 }, () => attacker()));
        const bytes = request(1, PUT, putBytes('slow', Buffer.from('v')));
        for (const [at] of bytes.entries()) {
          for (const client of clients) await client.write(bytes.subarray(at, at + 1));
          await nextTurn();
        }
        for (const client of clients) {
          await client.untilFrame(/HEADERS 1 end/);
          client.destroy();
        }
      }));

    it('a window that grows byte by byte under 10 000 answers -> others are served', (t) =>
      unharmed(t, async () => {
        const client = await attacker(settings([Setting.INITIAL_WINDOW_SIZE, MIB]));
        const range = rangeBytes('bystander');
        for (let at = 0; at < 10_000; at += BURST) {
          await client.write(many(BURST, (place) => request(2 * (at + place) + 1, RANGE, range)));
        }
        for (let at = 0; at < 500; at++) {
          await client.write(windowUpdate(0, 1));
          await nextTurn();
        }
        client.destroy();
      }));
  });

  describe('requests', () => {
    beforeEach(restart);

    it('1000 reads of 4 MiB, each taken back at once -> others are served', (t) =>
      unharmed(
        t,
        async () => {
          const client = await attacker();
          const range = rangeBytes('large');
          for (let at = 0; at < 1000; at += BURST) {
            const ids = (place: number): number => 2 * (at + place) + 1;
            await client.write(
              many(BURST, (place) => join([request(ids(place), RANGE, range), reset(ids(place))])),
            );
          }
          await client.write(ping());
          await client.untilFrame(/PING ack/);
          client.destroy();
        },
        MIBS_READ_MAX,
      ));

    it('4000 puts, each taken back at once -> others are served', (t) =>
      unharmed(t, async () => {
        const client = await attacker();
        const put = putBytes('taken-back', Buffer.alloc(100));
        for (let at = 0; at < 4000; at += BURST) {
          const ids = (place: number): number => 2 * (at + place) + 1;
          await client.write(
            many(BURST, (place) => join([request(ids(place), PUT, put), reset(ids(place))])),
          );
          await nextTurn();
        }
        await client.write(ping());
        await client.untilFrame(/PING ack/);
        client.destroy();
      }));

    it('gzip bombs -> no more is inflated than a request may have', (t) =>
      unharmed(t, async () => {
        const client = await attacker();
        const inflated = gzipSync(new Uint8Array(8 * MIB));
        const message = grpcFrame(inflated, { flags: 1 });
        for (let id = 1; id < 100; id += 2) {
          await client.write(headers(id, grpc(PUT, ['grpc-encoding', 'gzip']), 'open'));
          await sendBody(client, id, message);
          await client.untilFrame(new RegExp(`HEADERS ${id} end`));
        }
        client.destroy();
      }));
  });

  describe('memory', () => {
    beforeEach(restart);

    it('20 000 streams that never end -> held', (t) =>
      unharmed(t, async () => {
        const client = await attacker();
        for (let at = 0; at < 20_000; at += BURST) {
          await client.write(
            many(BURST, (place) => headers(2 * (at + place) + 1, grpc(WATCH), 'open')),
          );
        }
        await client.write(ping());
        await client.untilFrame(/PING ack/);
        client.destroy();
      }));

    it('300 requests just under the limit, none complete -> HELD_BYTES_MAX of them are held', (t) =>
      unharmed(
        t,
        async () => {
          const client = await attacker();
          const body = Buffer.alloc(MIB);
          body.writeUInt32BE(MIB, 1);
          let refused: string | undefined;
          for (let id = 1; refused === undefined; id += 2) {
            assert.ok(id < 600, 'no end of what is held');
            await client.write(headers(id, grpc(PUT), 'open'));
            await sendBody(client, id, body);
            refused = client.frames.find((line) => line.startsWith('RST_STREAM'));
          }
          assert.match(refused, /RST_STREAM \d+ (ENHANCE_YOUR_CALM|REFUSED_STREAM)/);
          client.destroy();
        },
        2 * MIBS_HELD_MAX,
      ));

    it('500 connections that read nothing of 4 MiB -> HELD_BYTES_TOTAL_MAX is held', (t) =>
      unharmed(
        t,
        async () => {
          const clients: RawClient[] = [];
          const range = rangeBytes('large');
          for (let at = 0; at < 500; at++) {
            const client = await attacker();
            client.pause();
            clients.push(client);
            await client.write(request(1, RANGE, range));
          }
          const last = await attacker(request(1, RANGE, range));
          await last.untilFrame(/RST_STREAM 1 ENHANCE_YOUR_CALM/);
          for (const client of [...clients, last]) client.destroy();
        },
        MIBS_HELD_IN_ALL_MAX,
      ));
  });
});

/** What the member's memory was before is of no interest. */
async function restart(): Promise<void> {
  await member.stop();
  await member.restart();
}

/** Sends a message as fast as the member's window lets it. */
async function sendBody(client: RawClient, id: number, body: Uint8Array): Promise<void> {
  await client.write(data(id, body.subarray(0, 16_384), 'open'));
  if (body.length <= 16_384) return;
  await client.untilFrame(new RegExp(`(WINDOW_UPDATE|RST_STREAM) ${id} `));
  const pieces: Uint8Array[] = [];
  for (let at = 16_384; at < body.length; at += 16_384) {
    pieces.push(data(id, body.subarray(at, at + 16_384), 'open'));
  }
  await client.write(...pieces);
}
