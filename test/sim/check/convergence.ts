/** What "the cluster has settled" is made of: conditions that say what they still wait for. */

/** Says why it does not hold yet, or undefined when it does. */
export type Condition<View> = (view: View) => string | undefined;

/** The first reason of any condition that does not hold. */
export function allOf<View>(...conditions: readonly Condition<View>[]): Condition<View> {
  return (view) => {
    for (const condition of conditions) {
      const reason = condition(view);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** A member, as far as convergence goes. */
export interface MemberView {
  readonly name: string;
  readonly term: number;
  /** Name of the leader that it knows of. */
  readonly leader: string | undefined;
  readonly appliedIndex: number;
  readonly revision: number;
}

/** All members know one leader of one term. */
export const hasOneLeader: Condition<readonly MemberView[]> = (members) => {
  const first = members[0];
  const odd = members.find(({ leader, term }) => leader !== first?.leader || term !== first?.term);
  if (odd !== undefined) return `${odd.name} follows ${odd.leader} in term ${odd.term}`;
  return first?.leader === undefined ? 'there is no leader' : undefined;
};

/** All members have applied the same. */
export const hasCaughtUp: Condition<readonly MemberView[]> = (members) => {
  const first = Math.max(0, ...members.map(({ appliedIndex }) => appliedIndex));
  const behind = members.find(({ appliedIndex }) => appliedIndex < first);
  return behind && `${behind.name} is at ${behind.appliedIndex} of ${first}`;
};
