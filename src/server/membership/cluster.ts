/**
 * The cluster as the replicated log has made it: members, removed ids, cluster version, and the
 * downgrade to an older one.
 * Changed only by applied entries, mirrored row by row into the backend.
 */
import type { ClusterId, MemberId } from '../../base/ids.ts';
import type { Backend } from '../../base/ports/backend.ts';
import { Bucket } from '../../base/ports/backend.ts';
import type { BucketWriter } from '../../base/ports/bucket-writer.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { downgradeJson } from './downgrade.ts';
import { MembershipError } from './errors.ts';
import { hexId, type Member, memberJson, plain } from './member.ts';
import {
  CLUSTER_VERSION_KEY,
  DOWNGRADE_KEY,
  type Membership,
  REMOVED_VALUE,
  rowText,
  storedMembership,
} from './stored-membership.ts';
import { isLower } from './versions.ts';

const STORAGE_VERSION = utf8Bytes('storageVersion');
const LEARNERS_MAX_DEFAULT = 1;
/** A cluster version that says only that not all members have told theirs. */
const VERSION_UNSURE = '3.0.0';
const SCHEMA_NAMED_SINCE = '3.6.0';
/** That of state which names none. */
const SCHEMA_UNNAMED = '3.5.0';

export interface ClusterOptions {
  readonly cluster: ClusterId;
  readonly local: MemberId;
  /**
   * Learners that the cluster may have; a change that adds one more is refused when it is applied.
   * All members have to be started with the same value, as with etcd, or they come to disagree.
   */
  readonly learnersMax?: number;
}

export class Cluster {
  readonly id: ClusterId;
  readonly localId: MemberId;
  readonly #learnersMax: number;
  readonly #writer: BucketWriter;
  readonly #members = new Map<MemberId, Member>();
  readonly #removed = new Set<MemberId>();
  #version: string | undefined;
  #downgradeTarget: string | undefined;
  #storageVersion: string | undefined;

  constructor(options: ClusterOptions, writer: BucketWriter) {
    this.id = options.cluster;
    this.localId = options.local;
    this.#learnersMax = options.learnersMax ?? LEARNERS_MAX_DEFAULT;
    this.#writer = writer;
  }

  /** Members in the order of their ids. */
  get members(): Member[] {
    return [...this.#members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get removed(): MemberId[] {
    return [...this.#removed].sort((a, b) => (a < b ? -1 : 1));
  }

  /** `"3.6.0"`, or undefined until the cluster has decided. */
  get version(): string | undefined {
    return this.#version;
  }

  /** The cluster version that an enabled downgrade leads to, `"3.5.0"`; undefined while none is. */
  get downgradeTarget(): string | undefined {
    return this.#downgradeTarget;
  }

  /** Version of the storage schema, `"3.6.0"`; undefined before the cluster version is decided. */
  get storageVersion(): string | undefined {
    return this.#storageVersion;
  }

  /** Whether this member is the only one. */
  get isAlone(): boolean {
    return this.#members.size === 1 && this.#members.has(this.localId);
  }

  member(id: MemberId): Member | undefined {
    return this.#members.get(id);
  }

  isRemoved(id: MemberId): boolean {
    return this.#removed.has(id);
  }

  /** Throws MembershipError when a change that adds `member` must not be applied. */
  checkAdd(member: Member): void {
    this.#checkNotRemoved(member.id);
    if (this.#members.has(member.id)) {
      throw new MembershipError('MEMBERSHIP_ID_EXISTS', `member ${hexId(member.id)} exists`);
    }
    this.#checkUrlsFree(member.peerURLs, undefined);
    if (member.isLearner) this.#checkLearners(1);
  }

  /** Throws MembershipError when there are more learners than the options allow. */
  checkLearners(): void {
    this.#checkLearners(0);
  }

  /** Throws MembershipError unless `id` is a learner. */
  checkPromote(id: MemberId): void {
    if (!this.#existing(id).isLearner) {
      throw new MembershipError('MEMBERSHIP_NOT_LEARNER', `member ${hexId(id)} is no learner`);
    }
  }

  /** Throws MembershipError unless `id` is a member. */
  checkExists(id: MemberId): void {
    this.#existing(id);
  }

  /** Throws MembershipError when `id` must not get these peer URLs. */
  checkUpdate(id: MemberId, peerURLs: readonly string[]): void {
    this.#existing(id);
    this.#checkUrlsFree(peerURLs, id);
  }

  add(member: Member): void {
    this.checkAdd(member);
    this.#save(plain(member));
  }

  /** A learner becomes a voter. */
  promote(id: MemberId): void {
    this.checkPromote(id);
    this.#save({ ...this.#existing(id), isLearner: false });
  }

  remove(id: MemberId): void {
    this.#existing(id);
    this.#members.delete(id);
    this.#removed.add(id);
    this.#writer.remove(Bucket.members, utf8Bytes(hexId(id)));
    this.#writer.put(Bucket.membersRemoved, utf8Bytes(hexId(id)), REMOVED_VALUE);
  }

  updatePeerURLs(id: MemberId, peerURLs: readonly string[]): void {
    this.checkUpdate(id, peerURLs);
    this.#save({ ...this.#existing(id), peerURLs });
  }

  /** Name and client URLs that a member publishes of itself; ignored for a removed member. */
  publish(id: MemberId, attributes: { name: string; clientURLs: readonly string[] }): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#save({ ...member, ...attributes });
  }

  setVersion(version: string): void {
    this.#version = version;
    this.#writer.put(Bucket.cluster, CLUSTER_VERSION_KEY, utf8Bytes(version));
    this.migrateStorage();
  }

  /** Enables the downgrade to `target`, or ends it. */
  setDowngrade(target: string | undefined): void {
    this.#downgradeTarget = target;
    this.#writer.put(Bucket.cluster, DOWNGRADE_KEY, utf8Bytes(downgradeJson(target)));
  }

  /**
   * Gives the storage the schema of the cluster version, which from 3.6 on is named in the store
   * itself. Applying a version does that; members of etcd do it some time later, so that state which
   * was made by one may still need it.
   */
  migrateStorage(): void {
    const version = this.#version;
    if (version === undefined || version === VERSION_UNSURE) return;
    if (this.#storageVersion === version) return;
    this.#storageVersion = version;
    if (isLower(version, SCHEMA_NAMED_SINCE)) {
      this.#writer.remove(Bucket.meta, STORAGE_VERSION);
    } else {
      this.#writer.put(Bucket.meta, STORAGE_VERSION, utf8Bytes(version));
    }
  }

  /** Reads the rows that earlier runs wrote. */
  async restore(backend: Backend): Promise<void> {
    this.assume(await storedMembership(backend));
    const storageVersion = backend.getSync(Bucket.meta, STORAGE_VERSION);
    const named = storageVersion === undefined ? undefined : rowText(storageVersion);
    const isSure = this.#version !== undefined && this.#version !== VERSION_UNSURE;
    this.#storageVersion = named ?? (isSure ? SCHEMA_UNNAMED : undefined);
  }

  /** Begins with a membership that is known; nothing is written. */
  assume({ members, removed, version, downgradeTarget }: Membership): void {
    for (const member of members) this.#members.set(member.id, member);
    for (const id of removed) this.#removed.add(id);
    this.#version = version;
    this.#downgradeTarget = downgradeTarget;
  }

  #checkNotRemoved(id: MemberId): void {
    if (this.#removed.has(id)) {
      throw new MembershipError('MEMBERSHIP_ID_REMOVED', `member ${hexId(id)} was removed`);
    }
  }

  /** Throws when one of `urls` belongs to a member other than `owner`. */
  #checkUrlsFree(urls: readonly string[], owner: MemberId | undefined): void {
    for (const other of this.#members.values()) {
      const taken = other.id === owner ? undefined : urls.find((u) => other.peerURLs.includes(u));
      if (taken !== undefined) {
        throw new MembershipError('MEMBERSHIP_PEER_URL_EXISTS', `peer URL ${taken} exists`);
      }
    }
  }

  #checkLearners(more: number): void {
    const learners = [...this.#members.values()].filter(({ isLearner }) => isLearner);
    if (learners.length + more > this.#learnersMax) {
      const text = `there may be ${this.#learnersMax} learners at most`;
      throw new MembershipError('MEMBERSHIP_TOO_MANY_LEARNERS', text);
    }
  }

  #existing(id: MemberId): Member {
    this.#checkNotRemoved(id);
    const member = this.#members.get(id);
    if (member === undefined) {
      throw new MembershipError('MEMBERSHIP_ID_NOT_FOUND', `member ${hexId(id)} not found`);
    }
    return member;
  }

  #save(member: Member): void {
    this.#members.set(member.id, member);
    this.#writer.put(Bucket.members, utf8Bytes(hexId(member.id)), utf8Bytes(memberJson(member)));
  }
}
