/** Logins: the password is checked here, by the member that is asked; the log gives the token. */
import { AuthError } from '../../auth/index.ts';
import type { Random } from '../../base/ports/random.ts';
import type { UnaryCall } from '../../grpc/index.ts';
import { type AuthenticateRequest, InternalAuthenticateRequest } from '../../pb/index.ts';
import type { Outcome } from '../apply/requests.ts';
import type { Passwords } from './auth.ts';
import type { MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const TOKEN_LETTERS = 16;

type Done = (outcome: Outcome<'authenticate'>) => void;

export interface LoginPorts {
  readonly passwords: Passwords;
  readonly random: Random;
}

export class Login {
  readonly #member: MemberView;
  readonly #ports: LoginPorts;

  constructor(member: MemberView, ports: LoginPorts) {
    this.#member = member;
    this.#ports = ports;
  }

  /** `done` gets the token, unless the call has failed. */
  run(call: UnaryCall, request: AuthenticateRequest, done: Done): void {
    this.#member.linearizable({
      run: () => void this.#check(call, request, done),
      fail: (error) => call.fail(rpcFailure(error)),
    });
  }

  async #check(call: UnaryCall, request: AuthenticateRequest, done: Done): Promise<void> {
    const { auth } = this.#member;
    const { revision } = auth;
    try {
      const hash = auth.passwordHash(request.name);
      const isRight = await this.#ports.passwords.matches(request.password, hash);
      if (!isRight) throw new AuthError('AUTH_FAILED', 'authentication failed');
    } catch (error) {
      call.fail(unexpectedFailure(error, this.#member));
      return;
    }
    if (!call.cancelled) this.#propose(call, request, { revision, done });
  }

  #propose(
    call: UnaryCall,
    request: AuthenticateRequest,
    { revision, done }: { readonly revision: number; readonly done: Done },
  ): void {
    const { name } = request;
    const entry = InternalAuthenticateRequest.create({ name, simpleToken: this.#letters() });
    this.#member.propose('authenticate', entry, (outcome) => {
      // Users have changed meanwhile: the password, perhaps.
      const isStale = outcome.error === undefined && this.#member.auth.revision !== revision;
      if (!isStale) done(outcome);
      else if (!call.cancelled) this.run(call, request, done);
    });
  }

  #letters(): string {
    const { random } = this.#ports;
    const letter = (): string => LETTERS.charAt(random.below(LETTERS.length));
    return Array.from({ length: TOKEN_LETTERS }, letter).join('');
  }
}
