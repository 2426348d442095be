/**
 * Tells the cluster this member's name and client URLs, again and again until it is applied:
 * clients are served after that.
 */
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { MemberView } from '../api/member-view.ts';

const RETRY_MS = 500;

interface Attributes {
  readonly name: string;
  readonly clientURLs: readonly string[];
}

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
  #attributes: Attributes | undefined;

  constructor(member: MemberView, scheduler: Scheduler) {
    this.#member = member;
    this.#scheduler = scheduler;
    this.published = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  publish(attributes: Attributes): void {
    if (this.#isStopped || this.#isKnown) return;
    this.#attributes = attributes;
    const memberAttributes = { name: attributes.name, clientUrls: [...attributes.clientURLs] };
    const memberID = this.#member.cluster.localId;
    this.#member.propose('clusterMemberAttrSet', { memberID, memberAttributes }, ({ error }) => {
      if (error !== undefined) {
        this.#scheduler.after(RETRY_MS, () => this.publish(attributes));
        return;
      }
      this.#isKnown = true;
      this.versionSettled();
    });
  }

  /**
   * The state of another member has taken the place of this one's: what was proposed may be in it,
   * and is then never heard of again.
   */
  stateReplaced(): void {
    const { cluster } = this.#member;
    const own = cluster.member(cluster.localId);
    const isPublished =
      own !== undefined &&
      own.name === this.#attributes?.name &&
      own.clientURLs.join() === this.#attributes.clientURLs.join();
    if (!isPublished) return;
    this.#isKnown = true;
    this.versionSettled();
  }

  /** To be called when the cluster's version may be known, or be another member's to decide. */
  versionSettled(): void {
    const { cluster, raft } = this.#member;
    const isMissing = cluster.version === undefined && raft.isLeader;
    if (this.#isKnown && !isMissing) this.#resolve();
  }

  stop(): void {
    this.#isStopped = true;
  }
}
