import type { Passwords } from '../../../src/server/api/auth.ts';

/** Hashes that are the passwords themselves, for tests of anything but bcrypt. */
export const PLAIN_PASSWORDS: Passwords = {
  hash: (password) => Promise.resolve(Buffer.from(password).toString('base64')),
  matches: (password, hash) =>
    Promise.resolve(hash !== undefined && Buffer.from(hash).toString() === password),
};
