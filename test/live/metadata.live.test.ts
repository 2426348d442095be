/** What all calls share, and the small services: the same answers from etcd and from us. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallError, callBytes, grpcClient } from '../support/grpc-client.ts';
import { liveSkipReason, MemberProcess } from '../support/processes.ts';
import { linesOfBoth, type RawScript } from './raw-script.ts';

const skip = liveSkipReason('etcd');

const bytes = (text: string): Buffer => Buffer.from(text);
const RANGE = '/etcdserverpb.KV/Range';
const PUT = '/etcdserverpb.KV/Put';
const TXN = '/etcdserverpb.KV/Txn';

async function headers(script: RawScript): Promise<void> {
  const request = { key: bytes('a') };
  await script.call(RANGE, request, { hasleader: 'true' });
  await script.call(RANGE, request, { hasleader: 'no' });
  await script.call(RANGE, request, { 'client-api-version': '3.5.1' });
  await script.call(RANGE, request, { 'client-api-version': 'anything' });
}

async function healthAndAuth(script: RawScript): Promise<void> {
  const health = '/grpc.health.v1.Health/';
  await script.call(`${health}Check`, {});
  await script.call(`${health}Check`, { service: 'etcdserverpb.KV' });
  await script.call(`${health}List`, {});
  await script.during(`${health}Watch`, {}, () => Promise.resolve());
  await script.during(`${health}Watch`, { service: 'x' }, () => Promise.resolve());
  await script.call('/etcdserverpb.Auth/AuthStatus', {});
  await script.call('/etcdserverpb.Auth/Authenticate', { name: 'root', password: 'x' });
  await script.call('/etcdserverpb.Auth/Authenticate', {});
}

async function limits(script: RawScript): Promise<void> {
  const puts = (count: number): Record<string, unknown> => ({
    success: Array.from({ length: count }, (_, i) => ({ requestPut: { key: bytes(`k${i}`) } })),
  });
  for (const count of [128, 129]) await codeOf(script, TXN, puts(count));
  // The entry is the request and its id, so the limit is somewhat below max-request-bytes.
  for (const below of [40, 26, 25, 24, 23, 22, 0]) {
    const value = Buffer.alloc(1_572_864 - below);
    await codeOf(script, PUT, { key: bytes('big'), value });
  }
}

/** As `call`, but writes down nothing of the request, which may be large. */
async function codeOf(
  script: RawScript,
  path: string,
  request: Record<string, unknown>,
): Promise<void> {
  const from = script.lines.length;
  await script.call(path, request);
  script.lines.push(...script.lines.splice(from).map((line) => line.replace(/^.* -> /, '')));
}

describe('what all calls share: etcd and etcd-ts', { skip }, () => {
  for (const script of [headers, healthAndAuth, limits]) {
    it(`${script.name}: same answers`, async () => {
      const { real, ours } = await linesOfBoth(script);
      assert.deepEqual(ours, real);
    });
  }

  it('malformed bytes -> Internal, and the words of grpc-go up to those about Go types', async () => {
    const malformed = {
      truncated: '0a05616263',
      'truncated varint': '18ff',
      'endless varint': '18ffffffffffffffffffff01',
      'unknown field, truncated': 'fa0105',
      'open group': '0a0161fb01',
      'field number 0': '00',
      'wire type 7': '0f',
      'wrong wire type': '0801',
    };
    const outcomes = async (kind: 'etcd' | 'etcd-ts'): Promise<Record<string, string>> => {
      const member = await MemberProcess.start({ kind });
      const client = grpcClient(member.endpoint);
      const told: Record<string, string> = {};
      try {
        for (const [name, hex] of Object.entries(malformed)) {
          told[name] = await callBytes(client, RANGE, Buffer.from(hex, 'hex')).then(
            () => 'OK',
            ({ code, details }: CallError) => `${code} ${details}`.replace(/proto: .*$/, 'proto:'),
          );
        }
        return told;
      } finally {
        client.close();
        await member.dispose();
      }
    };
    assert.deepEqual(await outcomes('etcd-ts'), await outcomes('etcd'));
  });
});
