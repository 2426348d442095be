import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  handshakeFailure,
  verificationFailure,
} from '../../../../../src/server/io/tls/handshake-failure.ts';

const failure = (code: string, message: string): string =>
  handshakeFailure(Object.assign(new TypeError(message), { code }));

describe('handshakeFailure', () => {
  // The messages are those of Node 20 with OpenSSL 3.
  const cases: [string, string, string][] = [
    [
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      '80DC:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:rec.c:1601:SSL alert number 42\n',
      'remote error: tls: bad certificate',
    ],
    [
      'X',
      'error:0A:SSL routines:f:g:rec.c:1:SSL alert number 99\n',
      'remote error: tls: alert(99)',
    ],
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      '80DC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:rec.c:354:\n',
      'tls: first record does not look like a TLS handshake',
    ],
    [
      'ERR_SSL_BAD_EXTENSION',
      '80DC:error:0A00006E:SSL routines:tls_parse:bad extension:ext.c:1:\n',
      'tls: bad extension',
    ],
    ['ECONNRESET', 'read ECONNRESET', 'read ECONNRESET'],
  ];
  for (const [code, message, text] of cases) {
    it(`${code} -> ${text}`, () => assert.equal(failure(code, message), text));
  }
});

describe('verificationFailure', () => {
  it('a verdict of OpenSSL that Go has no words for -> its own', () => {
    const validity = { validFrom: '', validTo: '' };
    assert.equal(
      verificationFailure('CERT_SIGNATURE_FAILURE', validity, 0),
      'tls: failed to verify certificate: x509: cert signature failure',
    );
  });
});
