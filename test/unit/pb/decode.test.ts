/** What generated codecs do with input that a canonical encoder would not write. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes } from '../../../src/base/bytes.ts';
import {
  Compare,
  ConfState,
  Entry,
  EntryType,
  Event,
  HardState,
  InternalRaftRequest,
  KeyValue,
  MESSAGE_DEPTH_MAX,
  PutRequest,
  PutResponse,
  RangeResponse,
  RequestOp,
  ResponseHeader,
  TxnRequest,
  V2Request,
  WatchCreateRequest,
  WireError,
} from '../../../src/pb/index.ts';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('decode: golden bytes', () => {
  it('PutRequest: as etcdctl sends `put foo bar --lease=1234 --prev-kv`', () => {
    const request = PutRequest.decode(hex('0a03666f6f1203626172' + '18b424' + '2001'));
    assert.deepEqual(
      request,
      PutRequest.create({ key: ascii('foo'), value: ascii('bar'), lease: 0x1234n, prevKv: true }),
    );
  });

  it('Entry: zero fields are written up to 3.6 and may be missing from 3.7 on', () => {
    const entry = Entry.create({ type: EntryType.EntryNormal, term: 2, index: 4 });
    assert.deepEqual(Entry.encode(entry), hex('080010021804'));
    assert.deepEqual(Entry.decode(hex('10021804')), entry);
    assert.deepEqual(HardState.decode(hex('')), { term: 0, vote: 0n, commit: 0 });
  });

  it('Entry: empty data and no data are told apart', () => {
    const empty = Entry.encode(Entry.create({ data: new Uint8Array(0) }));
    assert.deepEqual(empty, hex('0800100018002200'));
    assert.deepEqual(Entry.decode(empty).data, new Uint8Array(0));
    assert.equal(Entry.decode(hex('080010001800')).data, undefined);
  });

  it('InternalRaftRequest: field numbers that take two and three bytes', () => {
    const request = InternalRaftRequest.create({
      header: { ID: 7n, username: '', authRevision: 0 },
      downgradeVersionTest: { ver: '' },
    });
    const encoded = InternalRaftRequest.encode(request);
    assert.deepEqual(encoded, hex('a206020807' + 'e2ea0400'));
    assert.deepEqual(InternalRaftRequest.decode(encoded), request);
  });
});

describe('decode: input that is not canonical (PB-I4)', () => {
  it('unknown fields of every wire type -> skipped', () => {
    const unknown = hex('7801' + '790102030405060708' + '7a03616263' + '7b08017c' + '7d01020304');
    const put = PutRequest.encode(PutRequest.create({ key: ascii('k') }));
    assert.deepEqual(
      PutRequest.decode(concatBytes([unknown, put, unknown])),
      PutRequest.create({ key: ascii('k') }),
    );
  });

  it('a scalar twice -> the last one, zero too', () => {
    assert.equal(PutRequest.decode(hex('18051800')).lease, 0n);
  });

  it('a singular message twice -> merged', () => {
    const parts = [
      PutResponse.encode(
        PutResponse.create({ header: ResponseHeader.create({ revision: 5, raftTerm: 1 }) }),
      ),
      PutResponse.encode(PutResponse.create({ header: ResponseHeader.create({ raftTerm: 9 }) })),
    ];
    assert.deepEqual(
      PutResponse.decode(concatBytes(parts)).header,
      ResponseHeader.create({ revision: 5, raftTerm: 9 }),
    );
  });

  it('a lazy message twice -> bytes that decode to the merge', () => {
    const parts = [{ version: 3, modRevision: 4 }, { version: 8 }].map((kv) =>
      Event.encode(Event.create({ kv: KeyValue.encode(KeyValue.create(kv)) })),
    );
    const { kv } = Event.decode(concatBytes(parts));
    assert.deepEqual(
      KeyValue.decode(kv ?? new Uint8Array(0)),
      KeyValue.create({ version: 8, modRevision: 4 }),
    );
  });

  it('two members of a oneof -> the last one alone', () => {
    const put = RequestOp.encode(RequestOp.create({ requestPut: PutRequest.create({}) }));
    const txn = RequestOp.encode(RequestOp.create({ requestTxn: TxnRequest.create({}) }));
    assert.deepEqual(
      RequestOp.decode(concatBytes([put, txn])),
      RequestOp.create({ requestTxn: TxnRequest.create({}) }),
    );
    assert.deepEqual(Compare.decode(hex('20003a0161')), Compare.create({ value: ascii('a') }));
  });

  it('a oneof member that is zero -> present, on both ways', () => {
    const compare = Compare.create({ key: ascii('k'), version: 0 });
    assert.deepEqual(Compare.encode(compare), hex('1a016b2000'));
    assert.equal(Compare.decode(hex('1a016b2000')).version, 0);
    assert.equal(Compare.decode(hex('1a016b')).version, undefined);
  });

  it('repeated numbers: packed and one by one -> the same list, in order', () => {
    assert.deepEqual(WatchCreateRequest.decode(hex('2a0201002801')).filters, [1, 0, 1]);
    assert.deepEqual(ConfState.decode(hex('080108020a0203042801')).voters, [1n, 2n, 3n, 4n]);
    const encoded = ConfState.encode(ConfState.create({ voters: [1n, 2n] }));
    assert.deepEqual(encoded, hex('080108022800'));
  });

  it('int64 max as a limit or revision -> saturates', () => {
    const { createRevision } = KeyValue.decode(hex('10ffffffffffffffff7f'));
    assert.equal(createRevision, Number.MAX_SAFE_INTEGER);
  });

  it('V2Request: a string that is not UTF-8 -> read, since proto2 does not check', () => {
    assert.equal(V2Request.decode(hex('12018f')).method, '\u008f');
  });
});

describe('decode: lazy fields', () => {
  it('come back as views, whatever they hold', () => {
    const input = hex('1203ffffff1200');
    const { kvs } = RangeResponse.decode(input);
    assert.deepEqual(kvs, [hex('ffffff'), hex('')]);
    assert.equal(kvs[0]?.buffer, input.buffer);
    assert.deepEqual(RangeResponse.encode(RangeResponse.create({ kvs })), input);
  });

  it('reach beyond the message -> WIRE_TRUNCATED', () => {
    assert.throws(() => RangeResponse.decode(hex('1203ffff')), { code: 'WIRE_TRUNCATED' });
  });
});

describe('decode: nesting', () => {
  /** A txn in a txn in a txn…: `levels` messages inside the outermost, counting RequestOps. */
  function nestedTxn(levels: number): Uint8Array {
    let inner: Uint8Array = new Uint8Array(0);
    for (let level = levels; level > 0; level--) {
      const tag = level % 2 === 1 ? 0x12 : 0x22;
      const length = inner.length;
      const prefix =
        length < 0x80
          ? [tag, length]
          : [tag, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
      inner = concatBytes([Uint8Array.from(prefix), inner]);
    }
    return inner;
  }

  it('MESSAGE_DEPTH_MAX levels -> decoded and encoded again', () => {
    const encoded = TxnRequest.encode(TxnRequest.decode(nestedTxn(MESSAGE_DEPTH_MAX)));
    assert.deepEqual(TxnRequest.encode(TxnRequest.decode(encoded)), encoded);
    assert.ok(encoded.length > MESSAGE_DEPTH_MAX * 2);
  });

  it('one level more -> WIRE_DEPTH', () => {
    assert.throws(
      () => TxnRequest.decode(nestedTxn(MESSAGE_DEPTH_MAX + 1)),
      (error) => error instanceof WireError && error.code === 'WIRE_DEPTH',
    );
  });
});
