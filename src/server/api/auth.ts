/** The Auth service: logins, and commands on users and roles, all of which go through the log. */
import type { Identity } from '../../auth/index.ts';
import type { Random } from '../../base/ports/random.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { RpcError, type UnaryCall } from '../../grpc/index.ts';
import {
  AuthDisableRequest,
  AuthDisableResponse,
  AuthEnableRequest,
  AuthEnableResponse,
  AuthenticateRequest,
  AuthenticateResponse,
  AuthRoleAddRequest,
  AuthRoleAddResponse,
  AuthRoleDeleteRequest,
  AuthRoleDeleteResponse,
  AuthRoleGetRequest,
  AuthRoleGetResponse,
  AuthRoleGrantPermissionRequest,
  AuthRoleGrantPermissionResponse,
  AuthRoleListRequest,
  AuthRoleListResponse,
  AuthRoleRevokePermissionRequest,
  AuthRoleRevokePermissionResponse,
  AuthStatusRequest,
  AuthStatusResponse,
  AuthUserAddRequest,
  AuthUserAddResponse,
  AuthUserChangePasswordRequest,
  AuthUserChangePasswordResponse,
  AuthUserDeleteRequest,
  AuthUserDeleteResponse,
  AuthUserGetRequest,
  AuthUserGetResponse,
  AuthUserGrantRoleRequest,
  AuthUserGrantRoleResponse,
  AuthUserListRequest,
  AuthUserListResponse,
  AuthUserRevokeRoleRequest,
  AuthUserRevokeRoleResponse,
  type MessageCodec,
} from '../../pb/index.ts';
import type { AuthRequestOf, AuthResponseOf, RequestOf } from '../apply/requests.ts';
import type { Callers } from './callers.ts';
import { answer, type ServiceEntry, unary } from './decoded-request.ts';
import { Login } from './login.ts';
import { completeHeader, type MemberView } from './member-view.ts';
import { unexpectedFailure } from './rpc-errors.ts';

/** Hashes of passwords, made where they hold up nobody else. */
export interface Passwords {
  /** The bcrypt hash, in base64. Rejects with SERVER_TOO_MANY_REQUESTS. */
  hash(password: string): Promise<string>;
  /** Whether the hash is of this password; without one, false, after as much time. Rejects so, too. */
  matches(password: string, hash: Uint8Array | undefined): Promise<boolean>;
}

export interface AuthServicePorts {
  readonly callers: Callers;
  readonly passwords: Passwords;
  readonly random: Random;
}

/** What bcrypt looks at of a password; etcd refuses longer ones. */
const PASSWORD_BYTES_MAX = 72;

type Kind = keyof AuthRequestOf;

/** Everything that answering a command of one kind takes. */
interface Command<K extends Kind> {
  readonly kind: K;
  readonly method: string;
  readonly requests: MessageCodec<AuthRequestOf[K]>;
  readonly responses: MessageCodec<AuthResponseOf[K]>;
}

export function authService(member: MemberView, ports: AuthServicePorts): ServiceEntry[] {
  const service = new AuthService(member, ports);
  const passed = <K extends Kind>(
    kind: K,
    method: string,
    requests: MessageCodec<AuthRequestOf[K]>,
    responses: MessageCodec<AuthResponseOf[K]>,
  ): ServiceEntry => service.passed({ kind, method, requests, responses });
  return [
    passed('authEnable', 'AuthEnable', AuthEnableRequest, AuthEnableResponse),
    passed('authDisable', 'AuthDisable', AuthDisableRequest, AuthDisableResponse),
    passed('authStatus', 'AuthStatus', AuthStatusRequest, AuthStatusResponse),
    passed('authUserGet', 'UserGet', AuthUserGetRequest, AuthUserGetResponse),
    passed('authUserList', 'UserList', AuthUserListRequest, AuthUserListResponse),
    passed('authUserDelete', 'UserDelete', AuthUserDeleteRequest, AuthUserDeleteResponse),
    passed(
      'authUserGrantRole',
      'UserGrantRole',
      AuthUserGrantRoleRequest,
      AuthUserGrantRoleResponse,
    ),
    passed(
      'authUserRevokeRole',
      'UserRevokeRole',
      AuthUserRevokeRoleRequest,
      AuthUserRevokeRoleResponse,
    ),
    passed('authRoleAdd', 'RoleAdd', AuthRoleAddRequest, AuthRoleAddResponse),
    passed('authRoleGet', 'RoleGet', AuthRoleGetRequest, AuthRoleGetResponse),
    passed('authRoleList', 'RoleList', AuthRoleListRequest, AuthRoleListResponse),
    passed('authRoleDelete', 'RoleDelete', AuthRoleDeleteRequest, AuthRoleDeleteResponse),
    passed(
      'authRoleGrantPermission',
      'RoleGrantPermission',
      AuthRoleGrantPermissionRequest,
      AuthRoleGrantPermissionResponse,
    ),
    passed(
      'authRoleRevokePermission',
      'RoleRevokePermission',
      AuthRoleRevokePermissionRequest,
      AuthRoleRevokePermissionResponse,
    ),
    ...service.withPasswords(),
  ];
}

class AuthService {
  readonly #member: MemberView;
  readonly #ports: AuthServicePorts;

  constructor(member: MemberView, ports: AuthServicePorts) {
    this.#member = member;
    this.#ports = ports;
  }

  /** A command that goes into the log as it came. */
  passed<K extends Kind>({ kind, method, requests, responses }: Command<K>): ServiceEntry {
    return unary(pathOf(method), requests, (call, request) =>
      this.#ports.callers.identify(call, (identity) =>
        this.#member.propose<K>(
          kind,
          request as RequestOf[K],
          this.#answer<K>(call, responses),
          identity,
        ),
      ),
    );
  }

  /** Methods that are given a password, of which the log sees the hash alone. */
  withPasswords(): ServiceEntry[] {
    const { callers, random, passwords } = this.#ports;
    const login = new Login(this.#member, { random, passwords });
    return [
      unary(pathOf('Authenticate'), AuthenticateRequest, (call, request) =>
        login.run(call, request, this.#answer<'authenticate'>(call, AuthenticateResponse)),
      ),
      unary(pathOf('UserAdd'), AuthUserAddRequest, (call, request) => {
        const propose = (hashed: AuthUserAddRequest, identity: Identity): void => {
          const done = this.#answer<'authUserAdd'>(call, AuthUserAddResponse);
          this.#member.propose('authUserAdd', hashed, done, identity);
        };
        callers.admit(call, this.#adminRefusal, (identity) => {
          if (request.options?.noPassword === true) propose({ ...request, password: '' }, identity);
          else this.#hashed(call, request, (hashed) => propose(hashed, identity));
        });
      }),
      unary(pathOf('UserChangePassword'), AuthUserChangePasswordRequest, (call, request) => {
        const propose = (hashed: AuthUserChangePasswordRequest, identity: Identity): void => {
          const done = this.#answer<'authUserChangePassword'>(call, AuthUserChangePasswordResponse);
          this.#member.propose('authUserChangePassword', hashed, done, identity);
        };
        callers.admit(call, this.#adminRefusal, (identity) => {
          if (request.password === '') propose(request, identity);
          else this.#hashed(call, request, (hashed) => propose(hashed, identity));
        });
      }),
    ];
  }

  readonly #adminRefusal = (identity: Identity): ReturnType<MemberView['auth']['adminRefusal']> =>
    this.#member.auth.adminRefusal(identity);

  /** Goes on with the request, its password hashed. */
  #hashed<Request extends { readonly password: string }>(
    call: UnaryCall,
    request: Request,
    goOn: (hashed: Request & { hashedPassword: string }) => void,
  ): void {
    if (utf8Bytes(request.password).length > PASSWORD_BYTES_MAX) {
      const text = `bcrypt: password length exceeds ${PASSWORD_BYTES_MAX} bytes`;
      return call.fail(new RpcError('Unknown', text));
    }
    this.#ports.passwords
      .hash(request.password)
      .then((hashedPassword) => goOn({ ...request, password: '', hashedPassword }))
      .catch((error: unknown) => call.fail(unexpectedFailure(error, this.#member)));
  }

  #answer<K extends Kind>(
    call: UnaryCall,
    codec: MessageCodec<AuthResponseOf[K]>,
  ): ReturnType<typeof answer<K>> {
    return answer<K>(call, (response) => {
      const applied = response as AuthResponseOf[K];
      return codec.encode({ ...applied, header: completeHeader(this.#member, applied.header) });
    });
  }
}

function pathOf(method: string): string {
  return `/etcdserverpb.Auth/${method}`;
}
