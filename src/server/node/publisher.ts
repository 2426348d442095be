/**
 * Tells the cluster this member's name and client URLs, and as leader decides the cluster
 * version. Each is repeated until it is applied; clients are served after that.
 */
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { MemberView } from '../api/member-view.ts';
import { CLUSTER_VERSION } from '../version.ts';

const RETRY_MS = 500;

export class Publisher {
  /** Resolves when the member's attributes are known to the cluster. */
  readonly published: Promise<void>;
  readonly #member: MemberView;
  readonly #scheduler: Scheduler;
  #resolve: () => void = () => undefined;
  #isStopped = false;

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
      if (outcome.error === undefined) this.#resolve();
      else this.#again(() => this.publish(attributes));
    });
  }

  /** To be called when this member has begun to lead. */
  decideVersion(): void {
    const { cluster, raft } = this.#member;
    if (cluster.version !== undefined || !raft.isLeader) return;
    this.#member.propose('clusterVersionSet', { ver: CLUSTER_VERSION }, (outcome) => {
      if (outcome.error !== undefined) this.#again(() => this.decideVersion());
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #again(task: () => void): void {
    if (this.#isStopped) return;
    this.#scheduler.after(RETRY_MS, () => {
      if (!this.#isStopped) task();
    });
  }
}
