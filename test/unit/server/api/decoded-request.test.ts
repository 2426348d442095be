import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RpcError } from '../../../../src/grpc/index.ts';
import { HealthCheckRequest, RangeRequest } from '../../../../src/pb/index.ts';
import { decoded } from '../../../../src/server/api/decoded-request.ts';

/** Bytes that are no RangeRequest, and how real etcd 3.6.14 ends its text about them. */
const MALFORMED = {
  '0a056162': 'unexpected EOF',
  '18ff': 'unexpected EOF',
  '18ffffffffffffffffffff01': 'proto: integer overflow',
};

describe('decoded requests', () => {
  it('bytes that are no message -> Internal, in the words of grpc-go for this kind of call', () => {
    for (const [hex, reason] of Object.entries(MALFORMED)) {
      const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
      for (const [kind, prefix] of [
        ['unary', 'grpc: error unmarshalling request: '],
        ['stream', 'grpc: failed to unmarshal the received message: '],
      ] as const) {
        const error = decoded(RangeRequest, bytes, kind);
        assert.ok(error instanceof RpcError);
        assert.deepEqual([error.code, error.message], ['Internal', `${prefix}${reason}`]);
      }
    }
  });

  it('mistakes that Go words by its own types -> the prefix, and our words', () => {
    const error = decoded(RangeRequest, Uint8Array.of(0x08, 0x01), 'unary');
    assert.ok(error instanceof RpcError);
    assert.match(
      error.message,
      /^grpc: error unmarshalling request: proto: field 1 has wire type 0$/,
    );
  });

  it('text that is not UTF-8 -> the words of Go', () => {
    const error = decoded(HealthCheckRequest, Uint8Array.of(0x0a, 0x01, 0xff), 'unary');
    assert.ok(error instanceof RpcError);
    assert.match(error.message, /: string field contains invalid UTF-8$/);
  });

  it('a message -> as it is', () => {
    const request = decoded(RangeRequest, Uint8Array.of(0x0a, 0x01, 0x61), 'unary');
    assert.ok(!(request instanceof RpcError));
    assert.deepEqual(request.key, Uint8Array.of(0x61));
  });
});
