import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSecureContext, getCiphers } from 'node:tls';
import {
  CIPHER_SUITE_NAMES,
  missingCipherSuites,
  openSslCiphers,
} from '../../../../src/server/config/cipher-suites.ts';

const TLS13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

describe('cipher-suites', () => {
  it('every name of Go -> a suite of this OpenSSL, or one that we say is missing', () => {
    const known = new Set(getCiphers());
    for (const name of CIPHER_SUITE_NAMES) {
      const suites = openSslCiphers([name]).split(':');
      assert.deepEqual(suites.slice(0, 3).join(':'), TLS13, name);
      const own = suites.slice(3);
      const isTls13 = TLS13.split(':').includes(name);
      const isMissing = missingCipherSuites([name]).length === 1;
      assert.equal(own.length, isTls13 || isMissing ? 0 : 1, name);
      for (const suite of own) assert.ok(known.has(suite.toLowerCase()), suite);
    }
    assert.equal(CIPHER_SUITE_NAMES.length, 27);
  });

  it('several -> in the order given, each once', () => {
    const names = [
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305',
      'TLS_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    ];
    const suites = 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305';
    assert.equal(openSslCiphers(names), `${TLS13}:${suites}`);
  });

  it('none -> those of Go: forward secret ones only', () => {
    const suites = openSslCiphers([]).split(':').slice(3);
    assert.equal(suites.length, 10);
    for (const suite of suites) assert.match(suite, /^ECDHE-(?:RSA|ECDSA)-/);
    createSecureContext({ ciphers: openSslCiphers([]) });
  });
});
