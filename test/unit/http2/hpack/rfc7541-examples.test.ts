/** Appendix C of RFC 7541: every example, with the tables that the blocks leave behind. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  HeaderBlockWriter,
  type HpackDecoder,
  HpackError,
} from '../../../../src/http2/hpack/index.ts';
import { decodeBlock, roomyDecoder } from '../../../support/http2/decode-block.ts';

interface Example {
  readonly block: string;
  /** As `name: value`. */
  readonly fields: readonly string[];
  /** The dynamic table afterwards, newest field first. */
  readonly table: readonly string[];
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));

const texts = (pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.map(([name, value]) => `${name}: ${value}`);

/** The dynamic table, asked for index by index. */
function tableOf(decoder: HpackDecoder): string[] {
  const table: string[] = [];
  for (let index = 62; ; index++) {
    try {
      table.push(...texts(decodeBlock(decoder, Uint8Array.of(0x80 | index))));
    } catch (error) {
      assert.ok(error instanceof HpackError && error.code === 'HPACK_INDEX');
      return table;
    }
  }
}

function decodes(decoder: HpackDecoder, examples: readonly Example[]): void {
  for (const { block, fields, table } of examples) {
    assert.deepEqual(texts(decodeBlock(decoder, bytesOf(block))), fields);
    assert.deepEqual(tableOf(decoder), table);
  }
}

/** A decoder whose table the peer has made smaller, as in C.5 and C.6. */
function decoderOf256Bytes(): HpackDecoder {
  const decoder = roomyDecoder();
  assert.deepEqual(decodeBlock(decoder, bytesOf('3fe101')), []);
  return decoder;
}

const REQUESTS: readonly Omit<Example, 'block'>[] = [
  {
    fields: [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
    table: [':authority: www.example.com'],
  },
  {
    fields: [
      ':method: GET',
      ':scheme: http',
      ':path: /',
      ':authority: www.example.com',
      'cache-control: no-cache',
    ],
    table: ['cache-control: no-cache', ':authority: www.example.com'],
  },
  {
    fields: [
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ],
    table: ['custom-key: custom-value', 'cache-control: no-cache', ':authority: www.example.com'],
  },
];

const DATE_21 = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const DATE_22 = 'date: Mon, 21 Oct 2013 20:13:22 GMT';
const LOCATION = 'location: https://www.example.com';
const COOKIE = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const PRIVATE = 'cache-control: private';

const ANSWERS: readonly Omit<Example, 'block'>[] = [
  {
    fields: [':status: 302', PRIVATE, DATE_21, LOCATION],
    table: [LOCATION, DATE_21, PRIVATE, ':status: 302'],
  },
  {
    fields: [':status: 307', PRIVATE, DATE_21, LOCATION],
    table: [':status: 307', LOCATION, DATE_21, PRIVATE],
  },
  {
    fields: [':status: 200', PRIVATE, DATE_22, LOCATION, 'content-encoding: gzip', COOKIE],
    table: [COOKIE, 'content-encoding: gzip', DATE_22],
  },
];

const examples = (
  contents: readonly Omit<Example, 'block'>[],
  ...blocks: readonly string[]
): Example[] => contents.map((content, at) => ({ ...content, block: blocks[at] ?? '' }));

describe('RFC 7541 appendix C', () => {
  it('C.1 integers -> their bytes', () => {
    const writer = new HeaderBlockWriter();
    for (const [prefixBits, value, expected] of [
      [5, 10, '0a'],
      [5, 1337, '1f9a0a'],
      [8, 42, '2a'],
    ] as const) {
      writer.integer(0, prefixBits, value);
      assert.deepEqual(writer.take(), bytesOf(expected));
    }
  });

  it('C.2 each representation -> its field, remembered or not', () => {
    for (const example of [
      {
        block: '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
        fields: ['custom-key: custom-header'],
        table: ['custom-key: custom-header'],
      },
      { block: '040c2f73616d706c652f70617468', fields: [':path: /sample/path'], table: [] },
      { block: '100870617373776f726406736563726574', fields: ['password: secret'], table: [] },
      { block: '82', fields: [':method: GET'], table: [] },
    ]) {
      decodes(roomyDecoder(), [example]);
    }
  });

  it('C.3 requests without Huffman code -> their fields and tables', () => {
    const blocks = [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ];
    decodes(roomyDecoder(), examples(REQUESTS, ...blocks));
  });

  it('C.4 requests with Huffman code -> their fields and tables', () => {
    const blocks = [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ];
    decodes(roomyDecoder(), examples(REQUESTS, ...blocks));
  });

  it('C.5 answers without Huffman code, fields evicted -> their fields and tables', () => {
    const blocks = [
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
       2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
       6c65 2e63 6f6d`,
      '4803 3330 37c1 c0bf',
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
       54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
       5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
       3d31`,
    ];
    decodes(decoderOf256Bytes(), examples(ANSWERS, ...blocks));
  });

  it('C.6 answers with Huffman code, fields evicted -> their fields and tables', () => {
    const blocks = [
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
       2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
       77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
       9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ];
    decodes(decoderOf256Bytes(), examples(ANSWERS, ...blocks));
  });
});
