/** Requests about users and roles -> their effect on the auth store, and their outcome. */
import { AuthError, type AuthStore, type Identity, simpleToken } from '../../auth/index.ts';
import type { LogIndex } from '../../base/ids.ts';
import { type InternalRaftRequest, ResponseHeader } from '../../pb/index.ts';
import type { ReplicatedState } from './replicated-state.ts';
import type { AuthRequestOf, AuthResponseOf, Outcome } from './requests.ts';
import { UnsupportedEntryError } from './unsupported-entry-error.ts';

type AuthKind = keyof AuthRequestOf;

/** What a request is applied to, and who made it in which entry. */
interface Context {
  readonly auth: AuthStore;
  readonly identity: Identity;
  readonly index: LogIndex;
}

type Done<Kind extends AuthKind> = Omit<AuthResponseOf[Kind], 'header'>;

interface Command<Kind extends AuthKind> {
  /** Whether only root may do it. */
  readonly isForRoot: boolean;
  /** Gives the response but for its header. Throws AuthError. */
  readonly apply: (request: AuthRequestOf[Kind], context: Context) => Done<Kind>;
}

/** A command for root alone that answers with no more than that it is done. */
function change<Kind extends AuthKind>(
  apply: (auth: AuthStore, request: AuthRequestOf[Kind]) => void,
): Command<Kind> {
  return {
    isForRoot: true,
    apply: (request, { auth }) => {
      apply(auth, request);
      return {} as Done<Kind>;
    },
  };
}

const COMMANDS: { readonly [Kind in AuthKind]: Command<Kind> } = {
  authEnable: change((auth) => auth.enable()),
  authDisable: change((auth) => auth.disable()),
  authStatus: {
    isForRoot: true,
    apply: (_, { auth }) => ({ enabled: auth.isEnabled, authRevision: auth.revision }),
  },
  authenticate: {
    isForRoot: false,
    apply: ({ name, simpleToken: random }, { auth, index }) => {
      const token = simpleToken(random, index);
      auth.authenticate(name, token);
      return { token };
    },
  },
  authUserAdd: change((auth, request) => {
    checkHashed(request);
    auth.addUser(request);
  }),
  authUserGet: {
    isForRoot: false,
    apply: ({ name }, { auth, identity }) => {
      if (name !== identity.username) checkRoot(auth, identity);
      return { roles: [...auth.rolesOf(name)] };
    },
  },
  authUserList: { isForRoot: true, apply: (_, { auth }) => ({ users: auth.users() }) },
  authUserDelete: change((auth, { name }) => auth.deleteUser(name)),
  authUserChangePassword: change((auth, request) => {
    checkHashed(request);
    auth.changePassword(request);
  }),
  authUserGrantRole: change((auth, request) => auth.grantRole(request)),
  authUserRevokeRole: change((auth, request) => auth.revokeRole(request)),
  authRoleAdd: change((auth, { name }) => auth.addRole(name)),
  authRoleGet: {
    isForRoot: false,
    apply: ({ role }, { auth, identity }) => {
      if (!auth.hasRole(identity.username, role)) checkRoot(auth, identity);
      return { perm: [...auth.permissionsOf(role)] };
    },
  },
  authRoleList: { isForRoot: true, apply: (_, { auth }) => ({ roles: auth.roles() }) },
  authRoleDelete: change((auth, { role }) => auth.deleteRole(role)),
  authRoleGrantPermission: change((auth, request) => auth.grantPermission(request)),
  authRoleRevokePermission: change((auth, request) => auth.revokePermission(request)),
};

const KINDS = Object.keys(COMMANDS) as AuthKind[];

/** Undefined when the request is not about auth. */
export function applyAuth(
  request: InternalRaftRequest,
  state: ReplicatedState,
  entry: { readonly identity: Identity; readonly index: LogIndex },
): Outcome | undefined {
  const kind = KINDS.find((name) => request[name] !== undefined);
  if (kind === undefined) return undefined;
  try {
    return { response: applied(kind, request, state, entry) };
  } catch (error) {
    if (error instanceof AuthError) return { error };
    throw error;
  }
}

function applied<Kind extends AuthKind>(
  kind: Kind,
  request: InternalRaftRequest,
  { auth, store }: ReplicatedState,
  { identity, index }: { readonly identity: Identity; readonly index: LogIndex },
): AuthResponseOf[Kind] {
  const { isForRoot, apply } = COMMANDS[kind];
  if (isForRoot) checkRoot(auth, identity);
  const done = apply(request[kind] as AuthRequestOf[Kind], { auth, identity, index });
  const header = ResponseHeader.create({ revision: store.currentRevision });
  return { ...done, header } as AuthResponseOf[Kind];
}

function checkRoot(auth: AuthStore, identity: Identity): void {
  const refusal = auth.adminRefusal(identity);
  if (refusal !== undefined) throw refusal;
}

/**
 * Members up to 3.4 wrote passwords as they were, and each hashed them for itself when it applied
 * them, with a salt of its own. There is no applying that the same everywhere.
 */
function checkHashed({ password, hashedPassword }: Passwords): void {
  if (password !== '' && hashedPassword === '') {
    throw new UnsupportedEntryError('a password in clear, as etcd up to 3.4 writes it');
  }
}

interface Passwords {
  readonly password: string;
  readonly hashedPassword: string;
}
