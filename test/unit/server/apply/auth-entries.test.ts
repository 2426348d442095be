import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Identity } from '../../../../src/auth/index.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmAction,
  AlarmType,
  AuthUserAddRequest,
  InternalAuthenticateRequest,
  InternalRaftRequest,
  PermissionType,
  PutRequest,
  RequestHeader,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';

const NO_ONE: Identity = { username: '', revision: 0 };
const HASH = Buffer.from('hash').toString('base64');

/** A member whose log takes entries as any member of a cluster may write them. */
async function setUp() {
  const sim = new SimMember(1);
  await sim.start();
  const { member } = sim;
  const apply = async (
    fields: Partial<InternalRaftRequest>,
    { username, revision }: Identity = NO_ONE,
  ): Promise<number> => {
    const before = member.raft.appliedIndex;
    const header = RequestHeader.create({ ID: 1n, username, authRevision: revision });
    const request = InternalRaftRequest.create({ header, ...fields });
    member.raft.propose(InternalRaftRequest.encode(request), { id: 1n, startMs: 0 });
    await sim.until(() => member.raft.appliedIndex > before || sim.fatals.length > 0);
    return member.raft.appliedIndex;
  };
  return { sim, member, apply };
}

/** The same with users root and u, of which u may write w, and auth on. */
async function withUsers() {
  const parts = await setUp();
  const { apply, member } = parts;
  for (const name of ['root', 'u']) {
    await apply({ authUserAdd: AuthUserAddRequest.create({ name, hashedPassword: HASH }) });
  }
  await apply({ authUserGrantRole: { user: 'root', role: 'root' } });
  await apply({ authRoleAdd: { name: 'r' } });
  const perm = {
    permType: PermissionType.WRITE,
    key: utf8Bytes('w'),
    rangeEnd: utf8Bytes(''),
  };
  await apply({ authRoleGrantPermission: { name: 'r', perm } });
  await apply({ authUserGrantRole: { user: 'u', role: 'r' } });
  await apply({ authEnable: {} });
  assert.equal(member.auth.isEnabled, true);
  return { ...parts, user: (): Identity => ({ username: 'u', revision: member.auth.revision }) };
}

const put = (key: string): Partial<InternalRaftRequest> => ({
  put: PutRequest.create({ key: utf8Bytes(key) }),
});

describe('auth entries', () => {
  it('APPLY-I10: commands while auth is on -> applied for root, for nobody else', async () => {
    const { sim, member, apply, user } = await withUsers();
    const { revision } = member.auth;
    const commands: Partial<InternalRaftRequest>[] = [
      { authDisable: {} },
      { authUserDelete: { name: 'u' } },
      { authUserChangePassword: { name: 'u', password: '', hashedPassword: HASH } },
      { authUserRevokeRole: { name: 'u', role: 'r' } },
      { authRoleAdd: { name: 'other' } },
      { authRoleRevokePermission: { role: 'r', key: utf8Bytes('w'), rangeEnd: utf8Bytes('') } },
      { authRoleDelete: { role: 'r' } },
      { authUserList: {} },
      { authRoleList: {} },
      { authStatus: {} },
      { authUserGet: { name: 'root' } },
      { authRoleGet: { role: 'root' } },
    ];
    for (const command of commands) {
      for (const identity of [NO_ONE, user()]) await apply(command, identity);
    }
    assert.deepEqual([member.auth.isEnabled, member.auth.revision], [true, revision]);
    // An old revision does: commands of root are looked at as things now are.
    await apply({ authRoleDelete: { role: 'r' } }, { username: 'root', revision: 1 });
    assert.deepEqual(member.auth.rolesOf('u'), []);
    await apply({ authDisable: {} }, member.auth.root);
    assert.equal(member.auth.isEnabled, false);
    assert.deepEqual(sim.fatals, []);
    await sim.stop();
  });

  it('APPLY-I9: a put in the log -> applied only as its header allows', async () => {
    const { sim, member, apply, user } = await withUsers();
    const revisionAfter = async (key: string, identity: Identity): Promise<number> => {
      await apply(put(key), identity);
      return member.store.currentRevision;
    };
    assert.equal(await revisionAfter('w', user()), 2);
    assert.equal(await revisionAfter('x', user()), 2);
    assert.equal(await revisionAfter('w', NO_ONE), 2);
    assert.equal(await revisionAfter('x', member.auth.root), 3);
    assert.equal(await revisionAfter('w', { username: 'u', revision: 1 }), 3);
    await sim.stop();
  });

  it('APPLY-I3: an alarm and no permission -> the alarm is what is told first', async () => {
    const { sim, member, apply } = await withUsers();
    const alarm = { action: AlarmAction.ACTIVATE, memberID: 1n, alarm: AlarmType.NOSPACE };
    await apply({ alarm });
    let told: string | undefined;
    member.propose('put', PutRequest.create({ key: utf8Bytes('x') }), ({ error }) => {
      told = error?.code;
    });
    await sim.until(() => told !== undefined);
    assert.equal(told, 'SERVER_NO_SPACE');
    await sim.stop();
  });

  it('authenticate -> a token that names the entry before, on every member', async () => {
    const { sim, member } = await withUsers();
    const request = InternalAuthenticateRequest.create({ name: 'u', simpleToken: 'abc' });
    let token: string | undefined;
    member.propose('authenticate', request, (outcome) => {
      token = outcome.error === undefined ? outcome.response.token : outcome.error.code;
    });
    await sim.until(() => token !== undefined);
    assert.equal(token, `abc.${member.raft.appliedIndex - 1}`);
    await sim.stop();
  });

  it('AUTH-I2: a restart -> users, roles and rights as before', async () => {
    const { sim, member, user } = await withUsers();
    const { revision } = member.auth;
    await sim.stop();
    await sim.start();
    assert.notEqual(sim.member, member);
    assert.deepEqual([sim.member.auth.isEnabled, sim.member.auth.revision], [true, revision]);
    assert.deepEqual(sim.member.auth.rolesOf('u'), ['r']);
    assert.equal(
      sim.member.auth.keyAccess(user()).refusalToWrite({
        key: utf8Bytes('w'),
        rangeEnd: utf8Bytes(''),
      }),
      undefined,
    );
    await sim.stop();
  });

  it('APPLY-I11: a password in clear, of an etcd up to 3.4 -> the member ends, and says why', async () => {
    const { sim, apply } = await setUp();
    await apply({ authUserAdd: AuthUserAddRequest.create({ name: 'a', password: 'secret' }) });
    const [error] = sim.fatals;
    assert.match(String(error), /a password in clear, as etcd up to 3\.4 writes it/);
    assert.doesNotMatch(String(error), /secret/);
  });
});
