/** Damaged requests: who takes bytes as a message and who refuses them, and what is done then. */

import { SeededRandom } from '../../sim/seeded-random.ts';
import { encodeRequest, type Fields } from '../../support/grpc-client.ts';
import { call, type GrpcStep, put, range } from '../grpc-script.ts';

const SEED = 20261120;
const COUNT = 400;

/** Requests that leave little or nothing behind, whatever a damaged byte makes of them. */
const SAMPLES: readonly [method: string, request: Fields][] = [
  ['KV/Range', { key: 'abc', rangeEnd: 'd', limit: 3, revision: 2, serializable: true }],
  ['KV/Range', { key: 'a', minModRevision: 300, maxCreateRevision: 5, keysOnly: true }],
  ['KV/Put', { key: 'abc', value: 'value', prevKv: true }],
  ['KV/DeleteRange', { key: 'zz', rangeEnd: 'zzz', prevKv: true }],
  [
    'KV/Txn',
    {
      compare: [{ key: 'abc', target: 2, modRevision: 300 }],
      success: [{ requestRange: { key: 'abc' } }, { requestPut: { key: 'tx', value: '1' } }],
      failure: [{ requestDeleteRange: { key: 'tx' } }],
    },
  ],
  ['Lease/LeaseTimeToLive', { ID: 300, keys: true }],
  ['Lease/LeaseRevoke', { ID: 77_777 }],
];

/** One byte changed, put in, or taken out, or the end cut off. */
function damaged(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.below(bytes.length);
  const byte = Buffer.from([random.below(256)]);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([before, byte, after]);
    case 1:
      return Buffer.concat([before, byte, bytes.subarray(at)]);
    case 2:
      return Buffer.concat([before, after]);
    default:
      return before;
  }
}

function damagedCalls(): GrpcStep[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: COUNT }, (_, at) => {
    const [method, request] = SAMPLES[at % SAMPLES.length] ?? ['KV/Range', {}];
    const bytes = encodeRequest(`/etcdserverpb.${method}`, request);
    return call(method, damaged(bytes, random));
  });
}

export const MALFORMED_SCRIPT: readonly GrpcStep[] = [
  put('abc', '1'),
  put('abc', '2'),
  put('abd', '3'),
  ...damagedCalls(),
  ...['ff', '00', '0a', '0a05', '0a0561', '0f', '0c', '0b', '0b0c', '0d', '0a01611a0161'].map(
    (hex) => call('KV/Range', Buffer.from(hex, 'hex')),
  ),
  { stream: 'Watch/Watch', actions: [{ send: Buffer.from('0aff', 'hex') }, { settle: 1 }] },
  { stream: 'Lease/LeaseKeepAlive', actions: [{ send: Buffer.from('0b', 'hex') }, { settle: 1 }] },
  range('\0', { rangeEnd: '\0' }),
];
