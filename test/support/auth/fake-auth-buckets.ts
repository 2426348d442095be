import type { AuthBuckets } from '../../../src/auth/index.ts';
import { AuthStore, SimpleTokens } from '../../../src/auth/index.ts';
import { latin1 } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { FakeBuckets } from '../fake-buckets.ts';

/** The buckets of auth in memory, and stores over them. */
export class FakeAuthBuckets {
  readonly buckets: FakeBuckets = new FakeBuckets();
  /** Those that all stores know. */
  readonly tokens: SimpleTokens = new SimpleTokens({ ttlMs: 1000 }, this);
  nowMs = 0;

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.nowMs;
  }

  rows(): AuthBuckets {
    return {
      auth: this.buckets.rows(Bucket.auth),
      users: this.buckets.rows(Bucket.authUsers),
      roles: this.buckets.rows(Bucket.authRoles),
    };
  }

  /** What a member has after a start. */
  store(): AuthStore {
    const store = new AuthStore(this.buckets, this.tokens);
    store.restore(this.rows());
    return store;
  }

  /** Every row as text: bucket, key, value in hex. */
  texts(): string[] {
    return Object.entries(this.rows()).flatMap(([bucket, rows]) =>
      [...rows].map(
        ({ key, value }) => `${bucket} ${latin1(key)} ${Buffer.from(value).toString('hex')}`,
      ),
    );
  }
}
