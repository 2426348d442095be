/** Member and cluster ids are hashes, so that every member computes the same ones (compat-facts 9). */
import { createHash } from 'node:crypto';
import type { ClusterId, MemberId } from '../../base/ids.ts';

/**
 * Id of a member of the initial cluster: SHA-1 over its sorted peer URLs and the cluster token.
 * A member added at run time hashes the decimal Unix seconds of its adding in place of a token.
 */
export function memberId(peerURLs: readonly string[], tokenOrSeconds: string): MemberId {
  return firstEightBytes(Buffer.from([...peerURLs].sort().join('') + tokenOrSeconds));
}

/** Id of a cluster: SHA-1 over the sorted ids of its initial members. It never changes later. */
export function clusterId(memberIds: readonly MemberId[]): ClusterId {
  const ids = [...memberIds].sort((a, b) => (a < b ? -1 : 1));
  const bytes = Buffer.alloc(8 * ids.length);
  ids.forEach((id, at) => bytes.writeBigUInt64BE(id, 8 * at));
  return firstEightBytes(bytes);
}

function firstEightBytes(input: Buffer): bigint {
  return createHash('sha1').update(input).digest().readBigUInt64BE(0);
}
