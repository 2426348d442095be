import type { ServerResponse } from 'node:http';
import { ETCD_VERSION } from '../version.ts';

export interface VersionView {
  /** `"3.6.0"`, or undefined until decided. */
  readonly clusterVersion: string | undefined;
  readonly storageVersion: string | undefined;
}

export function answerVersion(response: ServerResponse, view: VersionView): void {
  const body = JSON.stringify({
    etcdserver: ETCD_VERSION,
    etcdcluster: view.clusterVersion ?? 'not_decided',
    storage: view.storageVersion ?? 'unknown',
  });
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
