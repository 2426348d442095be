/**
 * Which members may talk to each other: etcd's members say their version and the lowest cluster
 * version they can be part of, and each side looks at major and minor (compat-facts 9).
 */
import { ETCD_VERSION } from '../version.ts';

/** The lowest version of a cluster that a member like us can be part of. */
export const MIN_CLUSTER_VERSION = '3.0.0';
/** What a member that says nothing has. */
const SILENT_VERSION = '2.0.0';
/** The first version whose members have both streams. */
const STREAMS_SINCE: Version = { major: 2, minor: 1 };

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Of a header field; undefined when it is no version. Pre-release and build parts do not count. */
export function parseVersion(text: string | undefined): Version | undefined {
  const parts = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?$/.exec(text ?? SILENT_VERSION);
  return parts === null ? undefined : { major: Number(parts[1]), minor: Number(parts[2]) };
}

const LOCAL = parseVersion(ETCD_VERSION) as Version;
const LOCAL_MIN_CLUSTER = parseVersion(MIN_CLUSTER_VERSION) as Version;

/** Whether a member of version `server`, for clusters of `minCluster` and up, may talk to us. */
export function isCompatible(server: Version, minCluster: Version): boolean {
  return compare(server, LOCAL_MIN_CLUSTER) >= 0 && compare(minCluster, LOCAL) <= 0;
}

/** A version that we do not know yet is taken to have both streams. */
export function hasStreams(server: Version): boolean {
  return compare(server, STREAMS_SINCE) >= 0;
}

function compare(a: Version, b: Version): number {
  return a.major === b.major ? a.minor - b.minor : a.major - b.major;
}
