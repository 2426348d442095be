import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmAction,
  AlarmRequest,
  AuthDisableRequest,
  AuthEnableRequest,
  AuthEnableResponse,
  AuthenticateRequest,
  AuthenticateResponse,
  AuthRoleAddRequest,
  AuthRoleGrantPermissionRequest,
  AuthStatusRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserGetRequest,
  AuthUserGetResponse,
  AuthUserGrantRoleRequest,
  CompactionRequest,
  HashRequest,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseLeasesRequest,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  MemberListRequest,
  MemberRemoveRequest,
  type MessageCodec,
  Permission,
  PermissionType,
  PutRequest,
  RangeRequest,
  RequestOp,
  SnapshotRequest,
  StatusRequest,
  TxnRequest,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../../../../src/pb/index.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, put, range } from '../../../support/server/requests.ts';

const API = '/etcdserverpb.';
const LEASE = 7n;

/** A member as its clients see it, each by a name of its own. */
class Users {
  readonly sim = new SimMember(1);
  readonly #tokens = new Map<string, string>();

  /** Calls in the name of a user from here on; of nobody without one. */
  as(user?: string): this {
    const token = user === undefined ? undefined : this.#tokens.get(user);
    this.sim.headers = token === undefined ? {} : { token };
    return this;
  }

  call<Request>(
    method: string,
    codec: MessageCodec<Request>,
    fields: Partial<Request> = {},
  ): FakeUnaryCall {
    return this.sim.unary(API + method, codec, codec.create(fields));
  }

  /** The text that a call ends with; `OK` when it is answered. */
  async told(call: FakeUnaryCall): Promise<string> {
    await this.sim.until(() => call.isOver);
    return call.failure?.message.replace('etcdserver: ', '') ?? 'OK';
  }

  async send<Request>(
    method: string,
    codec: MessageCodec<Request>,
    fields: Partial<Request> = {},
  ): Promise<string> {
    return this.told(this.call(method, codec, fields));
  }

  async login(user: string, password = user): Promise<string> {
    const call = this.call('Auth/Authenticate', AuthenticateRequest, { name: user, password });
    const told = await this.told(call);
    if (call.response !== undefined) {
      this.#tokens.set(user, AuthenticateResponse.decode(call.response).token);
    }
    return told;
  }

  token(user: string): string {
    return this.#tokens.get(user) ?? '';
  }
}

/** Users root and u, who reads and writes what begins with u, are logged in; keys u and x are there. */
async function users(): Promise<Users> {
  const made = new Users();
  await made.sim.start();
  for (const name of ['root', 'u']) {
    await made.send('Auth/UserAdd', AuthUserAddRequest, { name, password: name });
  }
  await made.send('Auth/RoleAdd', AuthRoleAddRequest, { name: 'r' });
  const perm = Permission.create({
    permType: PermissionType.READWRITE,
    key: utf8Bytes('u'),
    rangeEnd: utf8Bytes('v'),
  });
  await made.send('Auth/RoleGrantPermission', AuthRoleGrantPermissionRequest, { name: 'r', perm });
  await made.send('Auth/UserGrantRole', AuthUserGrantRoleRequest, { user: 'u', role: 'r' });
  await made.send('Auth/UserGrantRole', AuthUserGrantRoleRequest, { user: 'root', role: 'root' });
  for (const key of ['u', 'x']) await made.told(put(made.sim, key, '1'));
  assert.equal(await made.send('Auth/AuthEnable', AuthEnableRequest), 'OK');
  for (const name of ['root', 'u']) assert.equal(await made.login(name), 'OK');
  return made;
}

describe('auth service: logins', () => {
  it('API-I15: a password -> a token; a wrong one, or of nobody -> the same refusal', async () => {
    const made = await users();
    assert.match(made.token('u'), /^[A-Za-z]{16}\.\d+$/);
    assert.notEqual(made.token('u'), made.token('root'));
    const refusal = 'authentication failed, invalid user ID or password';
    assert.equal(await made.login('u', 'wrong'), refusal);
    assert.equal(await made.login('nobody', 'wrong'), refusal);
    made.as('root');
    const request = { name: 'cn', options: { noPassword: true }, password: 'secret' };
    assert.equal(await made.send('Auth/UserAdd', AuthUserAddRequest, request), 'OK');
    const none = 'auth: authentication failed, password was given for no password user';
    assert.equal(await made.login('cn', 'secret'), none);
    await made.sim.stop();
  });

  it('users change while a password is checked -> checked again', async () => {
    const made = await users();
    const before = made.sim.member.raft.appliedIndex;
    const login = made.call('Auth/Authenticate', AuthenticateRequest, { name: 'u', password: 'u' });
    made.as('root');
    const change = { name: 'u', password: 'other' };
    const changed = made.call('Auth/UserChangePassword', AuthUserChangePasswordRequest, change);
    await made.told(changed);
    const told = await made.told(login);
    assert.ok(made.sim.member.raft.appliedIndex > before);
    assert.equal(told, 'authentication failed, invalid user ID or password');
    assert.equal(await made.login('u', 'other'), 'OK');
    await made.sim.stop();
  });

  it('API-I16: a password -> only its hash is in the log; one too long -> refused', async () => {
    const made = await users();
    const { raft } = made.sim.member;
    const propose = raft.propose.bind(raft);
    const entries: string[] = [];
    raft.propose = (data, request) => {
      entries.push(Buffer.from(data).toString('latin1'));
      propose(data, request);
    };
    made.as('root');
    const long = { name: 'long', password: 'ä'.repeat(37) };
    const tooLong = 'bcrypt: password length exceeds 72 bytes';
    assert.equal(await made.send('Auth/UserAdd', AuthUserAddRequest, long), tooLong);
    const name = 'someone';
    const password = 'not in the log';
    assert.equal(await made.send('Auth/UserAdd', AuthUserAddRequest, { name, password }), 'OK');
    const changed = { name, password: 'nor this one' };
    const path = 'Auth/UserChangePassword';
    assert.equal(await made.send(path, AuthUserChangePasswordRequest, changed), 'OK');
    assert.equal(await made.login(name, changed.password), 'OK');
    // The hashes of these tests are the passwords, but in base64.
    assert.ok(entries.some((text) => text.includes(name)));
    for (const secret of [password, changed.password]) {
      assert.ok(
        entries.every((text) => !text.includes(secret)),
        secret,
      );
    }
    await made.sim.stop();
  });

  it('a restart -> tokens are gone, users are not', async () => {
    const made = await users();
    await made.sim.stop();
    await made.sim.start();
    await made.sim.pass(2000);
    made.as('u');
    assert.equal(await made.told(range(made.sim, 'u')), 'invalid auth token');
    await made.login('u');
    assert.equal(await made.told(range(made.as('u').sim, 'u')), 'OK');
    await made.sim.stop();
  });
});

describe('auth: who may', () => {
  it('API-I15: requests about keys -> what roles allow', async () => {
    const made = await users();
    const { sim } = made;
    const op = RequestOp.create({ requestRange: RangeRequest.create({ key: utf8Bytes('x') }) });
    const reading = TxnRequest.create({ success: [op] });
    const writing = TxnRequest.create({
      failure: [RequestOp.create({ requestPut: PutRequest.create({ key: utf8Bytes('x') }) }), op],
    });
    const calls: [string, () => FakeUnaryCall][] = [
      ['own get', () => range(sim, 'u')],
      ['own put', () => put(sim, 'u', '2')],
      ['get', () => range(sim, 'x')],
      ['serializable get', () => range(sim, 'x', { serializable: true })],
      ['get to the end', () => range(sim, 'u', { rangeEnd: utf8Bytes('\0') })],
      ['put', () => put(sim, 'x', '2')],
      ['reading txn', () => made.call('KV/Txn', TxnRequest, reading)],
      ['writing txn', () => made.call('KV/Txn', TxnRequest, writing)],
    ];
    const before = sim.member.store.currentRevision;
    for (const [name, call] of calls) {
      const isOwn = name.startsWith('own');
      assert.equal(
        await made.told((made.as('u'), call())),
        isOwn ? 'OK' : 'permission denied',
        name,
      );
      assert.equal(await made.told((made.as(), call())), 'user name is empty', name);
      sim.headers = { token: 'forged.1' };
      assert.equal(await made.told(call()), 'invalid auth token', name);
      assert.equal(await made.told((made.as('root'), call())), 'OK', name);
    }
    assert.equal(sim.member.store.currentRevision, before + 3);
    await sim.stop();
  });

  it('API-I15: methods for root, or for users -> refused to others', async () => {
    const made = await users();
    const forRoot: (() => FakeUnaryCall)[] = [
      () => made.call('KV/Compact', CompactionRequest, { revision: 1 }),
      () => made.call('Cluster/MemberRemove', MemberRemoveRequest, { ID: 99n }),
      () => made.call('Maintenance/Hash', HashRequest),
      () =>
        made.call('Maintenance/Alarm', AlarmRequest, { action: AlarmAction.DEACTIVATE, alarm: 1 }),
      () => made.call('Auth/AuthStatus', AuthStatusRequest),
      () => made.call('Auth/AuthDisable', AuthDisableRequest),
      () => made.call('Auth/UserGet', AuthUserGetRequest, { name: 'root' }),
      () => made.call('Auth/UserAdd', AuthUserAddRequest, { name: 'n', password: 'n' }),
    ];
    for (const call of forRoot) {
      assert.equal(await made.told((made.as('u'), call())), 'permission denied');
      assert.equal(await made.told((made.as(), call())), 'user name is empty');
    }
    const snapshot = (): string | undefined =>
      made.sim.serverStream(`${API}Maintenance/Snapshot`, SnapshotRequest, {}).failure?.message;
    assert.equal((made.as('u'), snapshot()), 'etcdserver: permission denied');
    assert.equal((made.as('root'), snapshot()), undefined);
    const forUsers: (() => FakeUnaryCall)[] = [
      () => made.call('Cluster/MemberList', MemberListRequest),
      () => made.call('Maintenance/Status', StatusRequest),
      () => made.call('Maintenance/Alarm', AlarmRequest),
      () => made.call('Auth/UserGet', AuthUserGetRequest, { name: 'u' }),
    ];
    for (const call of forUsers) {
      assert.equal(await made.told((made.as('u'), call())), 'OK');
      assert.equal(await made.told((made.as(), call())), 'user name is empty');
    }
    await made.sim.stop();
  });

  it('API-I15: leases -> renewed, revoked and shown to who may write or read their keys', async () => {
    const made = await users();
    const { sim } = made;
    made.as('u');
    const granted = made.call('Lease/LeaseGrant', LeaseGrantRequest, { ID: LEASE, TTL: 60 });
    await answered(sim, granted, LeaseGrantResponse);
    await made.told(put(sim, 'u1', '1', { lease: LEASE }));
    const ttl = (): FakeUnaryCall =>
      made.call('Lease/LeaseTimeToLive', LeaseTimeToLiveRequest, { ID: LEASE, keys: true });
    const { keys } = await answered(sim, ttl(), LeaseTimeToLiveResponse);
    assert.deepEqual(keys, [utf8Bytes('u1')]);
    const list = (): FakeUnaryCall => made.call('Lease/LeaseLeases', LeaseLeasesRequest);
    assert.equal((await answered(sim, list(), LeaseLeasesResponse)).leases.length, 1);
    const keepAlive = async (): Promise<string> => {
      const stream = sim.bidi(`${API}Lease/LeaseKeepAlive`);
      stream.receive(LeaseKeepAliveRequest.encode({ ID: LEASE }));
      await sim.until(() => stream.sent.length > 0 || stream.isOver);
      return stream.failure?.message ?? 'OK';
    };
    assert.equal(await keepAlive(), 'OK');
    // Another key joins the lease: it is no more u's alone.
    await made.told((made.as('root'), put(sim, 'x', '1', { lease: LEASE })));
    made.as('u');
    const revoke = (): FakeUnaryCall =>
      made.call('Lease/LeaseRevoke', LeaseRevokeRequest, { ID: LEASE });
    assert.equal(await keepAlive(), 'etcdserver: permission denied');
    for (const call of [ttl, list, revoke]) {
      assert.equal(await made.told(call()), 'permission denied');
    }
    made.as();
    assert.equal(await keepAlive(), 'etcdserver: user name is empty');
    for (const call of [ttl, list, revoke]) {
      assert.equal(await made.told(call()), 'user name is empty');
    }
    const grant = made.call('Lease/LeaseGrant', LeaseGrantRequest, { ID: 8n, TTL: 60 });
    assert.equal(await made.told(grant), 'user name is empty');
    assert.equal(await made.told((made.as('root'), revoke())), 'OK');
    await sim.stop();
  });

  it('API-I15: watches -> refused one by one, the stream stays open', async () => {
    const made = await users();
    const reasons = (user: string | undefined, key: string, rangeEnd = ''): [bigint, string][] => {
      const stream = (made.as(user), made.sim.bidi(`${API}Watch/Watch`));
      const createRequest = WatchCreateRequest.create({
        key: utf8Bytes(key),
        rangeEnd: utf8Bytes(rangeEnd),
      });
      stream.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
      assert.equal(stream.isOver, false);
      return stream.take().map((bytes) => {
        const { watchId, cancelReason } = WatchResponse.decode(bytes);
        return [watchId, cancelReason];
      });
    };
    const denied = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
    assert.deepEqual(reasons('u', 'u', 'v'), [[0n, '']]);
    assert.deepEqual(reasons('u', 'x'), [[-1n, denied]]);
    assert.deepEqual(reasons('u', 'u', '\0'), [[-1n, denied]]);
    assert.deepEqual(reasons('u', '', '\0'), [[-1n, denied]]);
    assert.deepEqual(reasons('root', '', '\0'), [[0n, '']]);
    const empty = 'rpc error: code = InvalidArgument desc = etcdserver: user name is empty';
    assert.deepEqual(reasons(undefined, 'u'), [[-1n, empty]]);
    made.sim.headers = { token: 'forged.1' };
    const stream = made.sim.bidi(`${API}Watch/Watch`);
    const createRequest = WatchCreateRequest.create({ key: utf8Bytes('u') });
    stream.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
    const [response] = stream.take().map((bytes) => WatchResponse.decode(bytes));
    const invalid = 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token';
    assert.equal(response?.cancelReason, invalid);
    await made.sim.stop();
  });

  it('API-I17: a token that names an entry to come -> looked up when the member is up to date', async () => {
    const made = await users();
    const { sim } = made;
    sim.headers = { token: `forged.${2 ** 40}` };
    const read = range(sim, 'u', { serializable: true });
    assert.equal(read.isOver, false);
    assert.equal(await made.told(read), 'invalid auth token');
    const stream = sim.bidi(`${API}Watch/Watch`);
    const createRequest = WatchCreateRequest.create({ key: utf8Bytes('u') });
    const create = WatchRequest.encode(WatchRequest.create({ createRequest }));
    for (let n = 0; n < 3; n++) stream.receive(create);
    assert.equal(stream.sent.length, 0);
    await sim.until(() => stream.sent.length === 3);
    assert.ok(stream.take().every((bytes) => WatchResponse.decode(bytes).canceled));
    await sim.stop();
  });

  it('the ways to send a token -> plain, as a bearer, under either name', async () => {
    const made = await users();
    const { sim } = made;
    const token = made.token('u');
    for (const headers of [
      { token },
      { authorization: token },
      { authorization: `Bearer ${token}` },
      { token: `Bearer ${token}` },
    ]) {
      sim.headers = headers as Record<string, string>;
      assert.equal(await made.told(range(sim, 'u')), 'OK');
    }
    sim.headers = { token: 'forged', authorization: token };
    assert.equal(await made.told(range(sim, 'u')), 'invalid auth token');
    await sim.stop();
  });

  it('off again -> everything for anyone', async () => {
    const made = await users();
    made.as('root');
    assert.equal(await made.send('Auth/AuthDisable', AuthDisableRequest), 'OK');
    made.as();
    assert.equal(await made.told(range(made.sim, 'x')), 'OK');
    const get = made.call('Auth/UserGet', AuthUserGetRequest, { name: 'u' });
    assert.deepEqual((await answered(made.sim, get, AuthUserGetResponse)).roles, ['r']);
    const enable = made.call('Auth/AuthEnable', AuthEnableRequest);
    const { header } = await answered(made.sim, enable, AuthEnableResponse);
    assert.equal(header?.revision, made.sim.member.store.currentRevision);
    await made.sim.stop();
  });
});
