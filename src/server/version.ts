/** Who we are, in the lines and places where etcd says who it is. */
import { arch, platform, version } from 'node:process';

/** The etcd release whose behaviour we have; clients compare it, so digits and dots only. */
export const ETCD_VERSION = '3.6.14';
/** What a cluster of members like us decides on. */
export const CLUSTER_VERSION = '3.6.0';
/** Ours. */
export const PRODUCT_VERSION = '0.1.0';

/** Node's name of each architecture that Go calls otherwise. */
const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

export interface BuildFacts {
  readonly etcdVersion: string;
  readonly gitSha: string;
  readonly goVersion: string;
  readonly goOs: string;
  readonly goArch: string;
}

export function buildFacts(): BuildFacts {
  return {
    etcdVersion: ETCD_VERSION,
    gitSha: `etcd-ts-${PRODUCT_VERSION}`,
    goVersion: `node-${version}`,
    goOs: platform === 'win32' ? 'windows' : platform,
    goArch: GO_ARCH[arch] ?? arch,
  };
}

/** The answer to `etcd --version`. */
export function versionText(): string {
  const facts = buildFacts();
  return [
    `etcd Version: ${facts.etcdVersion}`,
    `Git SHA: ${facts.gitSha}`,
    `Go Version: ${facts.goVersion}`,
    `Go OS/Arch: ${facts.goOs}/${facts.goArch}`,
    '',
  ].join('\n');
}
