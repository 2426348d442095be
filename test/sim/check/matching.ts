/**
 * A maximum bipartite matching (augmenting paths): gives each place one of its candidates and no
 * candidate to two places. Candidates named first are preferred; undefined = none was left.
 */
export function matched<T>(candidates: readonly (readonly T[])[]): (T | undefined)[] {
  const placeOf = new Map<T, number>();
  const place = (at: number, tried: Set<T>): boolean => {
    const free = (candidates[at] ?? []).find((one) => !placeOf.has(one));
    if (free !== undefined) {
      placeOf.set(free, at);
      return true;
    }
    for (const one of candidates[at] ?? []) {
      if (tried.has(one)) continue;
      tried.add(one);
      const other = placeOf.get(one);
      if (other === undefined || !place(other, tried)) continue;
      placeOf.set(one, at);
      return true;
    }
    return false;
  };
  for (const at of candidates.keys()) place(at, new Set());
  const result: (T | undefined)[] = candidates.map(() => undefined);
  for (const [one, at] of placeOf) result[at] = one;
  return result;
}
