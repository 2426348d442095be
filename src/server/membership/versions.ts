/** Versions of servers and clusters, as far as they decide who may work together. */

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** What a member says of itself. */
export interface MemberVersions {
  /** `3.6.14`. */
  readonly server: string;
  /** `3.6.0`, or `not_decided`. */
  readonly cluster: string;
}

const VERSION_TEXT =
  /^(?<major>\d{1,18})\.(?<minor>\d{1,18})\.\d{1,18}(?:-(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?(?:\+(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?$/;

/** Reads `major.minor.patch`, with a label behind it or not; undefined for any other text. */
export function parseVersion(text: string): Version | undefined {
  const parts = VERSION_TEXT.exec(text)?.groups;
  if (parts === undefined) return undefined;
  return { major: Number(parts['major']), minor: Number(parts['minor']) };
}

/** Below zero when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor;
}

/** Whether both are versions, and `a` comes before `b`, by major and minor. */
export function isLower(a: string | undefined, b: string | undefined): boolean {
  const [first, second] = [parseVersion(a ?? ''), parseVersion(b ?? '')];
  return first !== undefined && second !== undefined && compareVersions(first, second) < 0;
}

/** Whether both texts are of one minor version. */
export function isSameMinor(a: string | undefined, b: string | undefined): boolean {
  const [first, second] = [parseVersion(a ?? ''), parseVersion(b ?? '')];
  return first !== undefined && second !== undefined && compareVersions(first, second) === 0;
}

/** As cluster versions are written: `3.6.0`. */
export function versionText({ major, minor }: Version): string {
  return `${major}.${minor}.0`;
}

/** Where a cluster stands until all of its members have told their versions. */
export const CLUSTER_VERSION_UNSURE: Version = { major: 3, minor: 0 };

export interface VersionFacts {
  /** That of the cluster; undefined until it is decided. */
  readonly current: string | undefined;
  /** Those of the servers of all members; undefined for one that has not told. */
  readonly servers: readonly (string | undefined)[];
  /** While the cluster is being downgraded. */
  readonly downgradeTarget?: string | undefined;
}

/**
 * The cluster version that the leader has to propose, undefined when there is none: the lowest of
 * the servers, and never a lower one than before, but for a downgrade by one minor version.
 */
export function nextClusterVersion(facts: VersionFacts): string | undefined {
  const lowest = lowestOf(facts.servers);
  const current = parseVersion(facts.current ?? '');
  if (current === undefined) return versionText(lowest ?? CLUSTER_VERSION_UNSURE);
  if (lowest === undefined) return undefined;
  if (facts.downgradeTarget !== undefined) {
    const target = parseVersion(facts.downgradeTarget);
    const isNext =
      target !== undefined && isOneBelow(target, current) && isOneBelow(target, lowest);
    return isNext ? versionText(target) : undefined;
  }
  const isHigher = current.major === lowest.major && compareVersions(current, lowest) < 0;
  return isHigher ? versionText(lowest) : undefined;
}

function lowestOf(servers: readonly (string | undefined)[]): Version | undefined {
  let lowest: Version | undefined;
  for (const server of servers) {
    const version = parseVersion(server ?? '');
    if (version === undefined) return undefined;
    if (lowest === undefined || compareVersions(version, lowest) < 0) lowest = version;
  }
  return lowest;
}

/** Whether a cluster may be downgraded from `other` to `version`. */
export function isOneBelow(version: Version, other: Version): boolean {
  return version.major === other.major && version.minor === other.minor - 1;
}
