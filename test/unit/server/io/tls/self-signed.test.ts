import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readCredentials } from '../../../../../src/server/io/tls/credentials.ts';
import { selfSigned } from '../../../../../src/server/io/tls/self-signed.ts';
import { temporaryFolder } from '../../../../support/processes.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('selfSigned', () => {
  it('an empty folder -> a pair like those of etcd, which is used again', async () => {
    const root = temporaryFolder();
    const folder = join(root, 'data', 'fixtures', 'client');
    const hosts = ['localhost', '127.0.0.1', '::1', '127.0.0.1'];
    const log = new RecordingLogger();
    const files = await selfSigned({ folder, hosts, years: 2 }, log);
    assert.deepEqual(files, {
      certFile: join(folder, 'cert.pem'),
      keyFile: join(folder, 'key.pem'),
    });
    const mode = (path: string): number => statSync(path).mode & 0o777;
    assert.deepEqual([folder, files.certFile, files.keyFile].map(mode), [0o700, 0o644, 0o600]);
    const [certificate, key] = [readFileSync(files.certFile), readFileSync(files.keyFile)];
    assert.match(key.toString(), /^-----BEGIN EC PRIVATE KEY-----/);
    readCredentials(certificate, key, certificate);
    const parsed = new X509Certificate(certificate);
    assert.equal(parsed.subject, 'O=etcd');
    assert.equal(parsed.issuer, 'O=etcd');
    assert.equal(parsed.checkHost('localhost'), 'localhost');
    assert.equal(parsed.checkIP('::1'), '::1');
    assert.equal(parsed.subjectAltName?.match(/127\.0\.0\.1/g)?.length, 1);
    assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(parsed.publicKey.asymmetricKeyDetails?.namedCurve, 'secp521r1');
    assert.equal(parsed.verify(parsed.publicKey), true);
    const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY_MS;
    assert.equal(Math.round(days), 2 * 365);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['automatically generate certificates', 'created cert file', 'created key file'],
    );

    assert.deepEqual(await selfSigned({ folder, hosts, years: 2 }, log), files);
    assert.deepEqual(readFileSync(files.certFile), certificate);
    rmSync(files.keyFile);
    await selfSigned({ folder, hosts: [], years: 2 }, log);
    assert.notDeepEqual(readFileSync(files.certFile), certificate);
    rmSync(root, { recursive: true });
  });

  it('a folder that cannot be made -> TLS_SELF_SIGNED', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'file'), '');
    const folder = join(root, 'file', 'client');
    await assert.rejects(selfSigned({ folder, hosts: [], years: 1 }, new RecordingLogger()), {
      code: 'TLS_SELF_SIGNED',
      message: /^cannot generate cert: /,
    });
    rmSync(root, { recursive: true });
  });
});
