/** Damaged requests: who takes bytes as a message and who refuses them, and what is done then. */

import { SeededRandom } from '../../sim/seeded-random.ts';
import { damaged } from '../../support/damage.ts';
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

function damagedCalls(): GrpcStep[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: COUNT }, (_, at) => {
    const [method, request] = SAMPLES[at % SAMPLES.length] ?? ['KV/Range', {}];
    const bytes = encodeRequest(`/etcdserverpb.${method}`, request);
    return call(method, Buffer.from(damaged(bytes, random)));
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
