/** The Auth service, as far as it can be without users: authentication is off. */
import { AuthenticateRequest, AuthStatusRequest, AuthStatusResponse } from '../../pb/index.ts';
import { type ServiceEntry, unary } from './decoded-request.ts';
import { fullHeader, type MemberView } from './member-view.ts';
import { failureOf, rpcFailure } from './rpc-errors.ts';

export function authService(member: MemberView): ServiceEntry[] {
  return [
    unary('/etcdserverpb.Auth/AuthStatus', AuthStatusRequest, (call) => {
      const run = (): void => {
        const header = fullHeader(member);
        const { isEnabled: enabled, revision: authRevision } = member.auth;
        call.reply(AuthStatusResponse.encode({ header, enabled, authRevision }));
      };
      member.linearizable({ run, fail: (error) => call.fail(rpcFailure(error)) });
    }),
    unary('/etcdserverpb.Auth/Authenticate', AuthenticateRequest, (call) => {
      const run = (): void => call.fail(failureOf('AUTH_NOT_ENABLED'));
      member.linearizable({ run, fail: (error) => call.fail(rpcFailure(error)) });
    }),
  ];
}
