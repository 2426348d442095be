/** How names in .proto files become names in TypeScript. */

/**
 * Types whose own name is taken by another package, means something else in TypeScript, or says
 * nothing without its package. All other types keep their name, without the package.
 */
const RENAMED: Readonly<Record<string, string>> = {
  'authpb.Permission.Type': 'PermissionType',
  'etcdserverpb.Metadata': 'WalMetadata',
  'etcdserverpb.Request': 'V2Request',
  'membershippb.Member': 'MembershipMember',
  'snappb.snapshot': 'SnapshotFile',
  'walpb.Record': 'WalRecord',
  'walpb.Snapshot': 'WalSnapshot',
};

/** Name of the interface, codec or enum of a message or enum type. */
export function typeName(fullName: string): string {
  return RENAMED[fullName] ?? fullName.slice(fullName.lastIndexOf('.') + 1);
}

/** Name of the constant that describes a service; messages may have the service's own name. */
export function serviceName(fullName: string): string {
  return `${fullName.slice(fullName.lastIndexOf('.') + 1)}Service`;
}

/**
 * Property of a field: `range_end` -> `rangeEnd`, `NodeID` -> `nodeID`; names that begin with
 * an acronym stay: `ID`, `TTL`.
 */
export function propertyName(protoName: string): string {
  const joined = protoName.replace(/_([A-Za-z])/g, (_, letter: string) => letter.toUpperCase());
  return /^[A-Z][a-z]/.test(joined) ? joined.charAt(0).toLowerCase() + joined.slice(1) : joined;
}
