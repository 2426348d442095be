/** However a body is split, and whenever it is read, its messages are the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes } from '../../../src/base/bytes.ts';
import { framedMessage } from '../../../src/grpc/message-prefix.ts';
import { MessageReader } from '../../../src/grpc/message-reader.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const MESSAGE_BYTES_MAX = 300;

const message = fc.uint8Array({ maxLength: MESSAGE_BYTES_MAX });
const messages = fc.array(fc.record({ flag: fc.constantFrom(0 as const, 1 as const), message }), {
  maxLength: 12,
});
/** Sizes of pieces, and whether the reader is asked after each. */
const pieces = fc.array(
  fc.record({ size: fc.oneof(fc.nat(7), fc.nat(400)), isRead: fc.boolean() }),
  { maxLength: 60 },
);

test('MessageReader: any split of the bytes -> the same messages (GRPC-I6)', () => {
  const check = fc.property(messages, pieces, fc.nat(20), (sent, cuts, tail) => {
    const all = concatBytes(sent.map((one) => framedMessage(one.flag, one.message)));
    const cut = Math.max(0, all.length - tail);
    const whole = wholeWithin(sent, cut);
    const reader = new MessageReader(MESSAGE_BYTES_MAX);
    const got: typeof sent = [];
    let announced = 0;
    const readAll = (): void => {
      while (reader.read()) {
        got.push({ flag: reader.flag as 0 | 1, message: Uint8Array.from(reader.message) });
        announced = 0;
      }
      reader.settle();
      reader.checkInvariants();
      const missing = reader.takeMissing();
      assert.ok(missing === 0 || announced === 0, 'told once');
      announced += missing;
    };
    let at = 0;
    for (const { size, isRead } of cuts) {
      const end = Math.min(cut, at + size);
      // A copy that is overwritten once it may be: what is kept must not be a view of it.
      const piece = all.slice(at, end);
      if (piece.length > 0) reader.push(piece);
      at = end;
      if (isRead) readAll();
      else reader.settle();
      piece.fill(0xff);
    }
    if (at < cut) reader.push(all.subarray(at, cut));
    readAll();
    assert.deepEqual(
      got,
      sent.slice(0, whole.count).map((one) => ({ ...one })),
    );
    assert.equal(reader.isInMessage, cut - whole.bytes >= 5);
  });
  fc.assert(check, { seed: SEED, numRuns: 300 });
});

/** How many messages lie whole within the first `cut` bytes, and how long they are together. */
function wholeWithin(
  sent: readonly { readonly message: Uint8Array }[],
  cut: number,
): { count: number; bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const one of sent) {
    if (bytes + 5 + one.message.length > cut) break;
    bytes += 5 + one.message.length;
    count++;
  }
  return { count, bytes };
}
