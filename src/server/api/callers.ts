/**
 * Who calls, and whether they may: etcd's rules for the services (compat-facts 11). Requests that
 * go through the log are looked at again when they are applied, with the name and the revision that
 * were found here.
 */
import {
  AuthError,
  type AuthStore,
  type Identity,
  indexOfToken,
  NOBODY,
} from '../../auth/index.ts';
import { CodedError } from '../../base/coded-error.ts';
import type { Call } from '../../grpc/index.ts';
import type { MemberView } from './member-view.ts';
import { rpcFailure } from './rpc-errors.ts';

export interface CallerOptions {
  /** Whether names of verified certificates are those of users. */
  readonly trustsCommonNames: boolean;
}

/** Undefined when nothing speaks against it. */
export type Refusal = AuthError | undefined;

const BEARER = 'Bearer ';

export class Callers {
  readonly #member: MemberView;
  readonly #options: CallerOptions;

  constructor(options: CallerOptions, member: MemberView) {
    this.#options = options;
    this.#member = member;
  }

  /**
   * Goes on with the identity of the caller, that of nobody without any; at once, unless the token
   * is younger than what this member has applied. A token that is not known ends the call.
   */
  identify(call: Call, goOn: (identity: Identity) => void): void {
    if (!this.#member.auth.isEnabled) return goOn(NOBODY);
    this.find(call, (identity) => {
      if (identity instanceof CodedError) call.fail(rpcFailure(identity));
      else goOn(identity);
    });
  }

  /** The same for streams that go on without one. */
  find(call: Call, done: (identity: Identity | CodedError<string>) => void): void {
    const { auth, raft } = this.#member;
    if (!auth.isEnabled) return done(NOBODY);
    const token = tokenOf(call);
    if (token === undefined) return done(this.#certified(call));
    const index = indexOfToken(token);
    // One that names an entry to come is known when what others have committed is applied here.
    if (index === undefined || index <= raft.appliedIndex) return done(this.#holder(token));
    this.#member.linearizable({
      run: () => done(this.#holder(token)),
      fail: done,
    });
  }

  /** Goes on for anyone who is known. */
  admitUser(call: Call, goOn: (identity: Identity) => void): void {
    this.#admit(call, (identity) => anonymousRefusal(identity, this.#member.auth), goOn);
  }

  /** Goes on for root. */
  admitRoot(call: Call, goOn: (identity: Identity) => void): void {
    this.#admit(call, (identity) => this.#member.auth.adminRefusal(identity), goOn);
  }

  /**
   * Goes on unless `refusalOf` finds the caller may not. What this member thinks may be out of date:
   * before a request that the log would decide on is refused, it catches up.
   */
  admit(
    call: Call,
    refusalOf: (identity: Identity) => Refusal,
    goOn: (identity: Identity) => void,
  ): void {
    if (!this.#member.auth.isEnabled) return goOn(NOBODY);
    this.identify(call, (identity) => {
      if (refusalOf(identity) === undefined) return goOn(identity);
      this.#member.linearizable({
        run: () => this.#admit(call, refusalOf, goOn),
        fail: (error) => call.fail(rpcFailure(error)),
      });
    });
  }

  #admit(
    call: Call,
    refusalOf: (identity: Identity) => Refusal,
    goOn: (identity: Identity) => void,
  ): void {
    this.identify(call, (identity) => {
      const refusal = refusalOf(identity);
      if (refusal === undefined) goOn(identity);
      else call.fail(rpcFailure(refusal));
    });
  }

  #holder(token: string): Identity | AuthError {
    return (
      this.#member.auth.identityOf(token) ??
      new AuthError('AUTH_INVALID_TOKEN', 'invalid auth token')
    );
  }

  #certified(call: Call): Identity {
    const username = this.#options.trustsCommonNames ? call.clientCommonName : undefined;
    // A gateway calls with a certificate of its own, which is none of its clients'.
    if (username === undefined || call.metadata('grpcgateway-accept') !== undefined) return NOBODY;
    return { username, revision: this.#member.auth.revision };
  }
}

/** Why nobody is let in, while auth is on. */
export function anonymousRefusal(
  { revision }: Identity,
  auth: Pick<AuthStore, 'isEnabled'>,
): Refusal {
  if (revision > 0 || !auth.isEnabled) return undefined;
  return new AuthError('AUTH_USER_EMPTY', 'user name is empty');
}

/** The token as clients send it, or as web applications do. */
function tokenOf(call: Call): string | undefined {
  const token = call.metadata('token') ?? call.metadata('authorization');
  return token?.startsWith(BEARER) === true ? token.slice(BEARER.length) : token;
}
