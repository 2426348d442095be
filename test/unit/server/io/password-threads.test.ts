import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ServerError } from '../../../../src/server/errors.ts';
import {
  isCost,
  PasswordThreads,
  passwordsWaitingMax,
} from '../../../../src/server/io/password-threads.ts';

/** Made by golang.org/x/crypto/bcrypt in a real etcd, at cost 4, of the password `secret`. */
const GO_HASH = '$2a$04$Qpt.09.T36CO3NDD2o/4beaqqWxYFNhflmyG6a74doGypp8RVI6OK';

describe('password threads', () => {
  const threads = new PasswordThreads({ cost: 4 });
  after(() => threads.close());

  it('hash -> as Go writes them, salted, of the cost asked for', async () => {
    const hashes = await Promise.all(['a', 'a', ''].map((password) => threads.hash(password)));
    const texts = hashes.map((hash) => Buffer.from(hash, 'base64').toString());
    for (const text of texts) assert.match(text, /^\$2a\$04\$[./0-9A-Za-z]{53}$/);
    assert.equal(new Set(texts).size, 3);
  });

  it('API-I18: matches -> the password of the hash, in any script, empty too; no other', async () => {
    for (const password of ['secret', '', 'pässwörd \u{1f600}', 'with\0zero', 'x'.repeat(72)]) {
      const hash = Buffer.from(await threads.hash(password), 'base64');
      assert.equal(await threads.matches(password, hash), true);
      assert.equal(await threads.matches(`${password.slice(0, 60)}!`, hash), false);
    }
    assert.equal(await threads.matches('secret', Buffer.from(GO_HASH)), true);
    assert.equal(await threads.matches('Secret', Buffer.from(GO_HASH)), false);
  });

  it('API-I18: no hash, or what is none -> false, after a look all the same', async () => {
    const odd = [undefined, new Uint8Array(0), Buffer.alloc(60, 'x'), Buffer.from('$2a$')];
    for (const hash of odd) assert.equal(await threads.matches('secret', hash), false);
  });

  it('a cost that bcrypt does not have -> the default', async () => {
    assert.deepEqual([3, 4, 31, 32].map(isCost), [false, true, true, false]);
    const others = new PasswordThreads({ cost: 3 });
    const hash = Buffer.from(await others.hash('a'), 'base64').toString();
    assert.match(hash, /^\$2a\$10\$/);
    await others.close();
  });

  it('passwordsWaitingMax wait -> one more is turned away; closed -> what waits ends', async () => {
    const busy = new PasswordThreads({ cost: 12 });
    const jobs: Promise<unknown>[] = [];
    const codes = new Map<string, number>();
    const count = (error: unknown): void => {
      const code = error instanceof ServerError ? error.code : String(error);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    for (let n = 0; n < passwordsWaitingMax + 10; n++) jobs.push(busy.hash('a').catch(count));
    await new Promise((resolve) => setImmediate(resolve));
    const turnedAway = codes.get('SERVER_TOO_MANY_REQUESTS') ?? 0;
    assert.ok(turnedAway > 0 && turnedAway < 10);
    await busy.close();
    await Promise.all(jobs);
    assert.equal(codes.get('SERVER_STOPPED'), passwordsWaitingMax + 10 - turnedAway);
    await assert.rejects(busy.hash('a'), { code: 'SERVER_STOPPED' });
  });
});
