export type { AuthBuckets } from './auth-rows.ts';
export { AuthStore, type Identity, NOBODY, ROOT } from './auth-store.ts';
export { AuthError, type AuthErrorCode } from './errors.ts';
export type { KeyAccess } from './key-access.ts';
export type { KeyRange } from './key-ranges.ts';
export {
  indexOfToken,
  NO_TOKENS,
  SimpleTokens,
  simpleToken,
  TOKENS_MAX,
  type Tokens,
} from './simple-tokens.ts';
