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

/** Reads `major.minor.patch`, with a label behind it or not; undefined for any other text. */
export function parseVersion(text: string): Version | undefined {
  const parts = /^(?<major>\d+)\.(?<minor>\d+)\.\d+(?:[-+].+)?$/.exec(text)?.groups;
  if (parts === undefined) return undefined;
  return { major: Number(parts['major']), minor: Number(parts['minor']) };
}

/** Below zero when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor;
}

/** As cluster versions are written: `3.6.0`. */
export function versionText({ major, minor }: Version): string {
  return `${major}.${minor}.0`;
}
