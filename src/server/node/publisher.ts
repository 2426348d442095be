/**
 * Tells the cluster this member's name and client URLs, and as leader decides the cluster
 * version. Each is repeated until it is applied; clients are served after that.
 */
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { MemberView } from '../api/member-view.ts';
import { CLUSTER_VERSION } from '../version.ts';

const RETRY_MS = 500;

export class Publisher {
  /**
   * Resolves when the cluster knows the member's attributes, and its version if it is this
   * member's to decide: without one, clients would be turned away.
   */
  readonly published: Promise<void>;
  readonly #member: MemberView;
  readonly #scheduler: Scheduler;
  #resolve: () => void = () => undefined;
  #isStopped = false;
  #isKnown = false;

  constructor(member: MemberView, scheduler: Scheduler) {
    this.#member = member;
    this.#scheduler = scheduler;
    this.published = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  publish(attributes: { readonly name: string; readonly clientURLs: readonly string[] }): void {
    const memberAttributes = { name: attributes.name, clientUrls: [...attributes.clientURLs] };
    const memberID = this.#member.cluster.localId;
    this.#member.propose('clusterMemberAttrSet', { memberID, memberAttributes }, (outcome) => {
      if (outcome.error !== undefined) {
        this.#again(() => this.publish(attributes));
        return;
      }
      this.#isKnown = true;
      this.#resolveWhenDone();
    });
  }

  /** To be called when this member has begun to lead. */
  decideVersion(): void {
    if (!this.#isVersionMissing) {
      this.#resolveWhenDone();
      return;
    }
    this.#member.propose('clusterVersionSet', { ver: CLUSTER_VERSION }, () =>
      this.#isVersionMissing ? this.#again(() => this.decideVersion()) : this.#resolveWhenDone(),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** As a leader this member decides the version, if nobody has. */
  get #isVersionMissing(): boolean {
    const { cluster, raft } = this.#member;
    return cluster.version === undefined && raft.isLeader;
  }

  #resolveWhenDone(): void {
    if (this.#isKnown && !this.#isVersionMissing) this.#resolve();
  }

  #again(task: () => void): void {
    if (this.#isStopped) return;
    this.#scheduler.after(RETRY_MS, () => {
      if (!this.#isStopped) task();
    });
  }
}
