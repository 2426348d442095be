/** Methods of etcd's API that are not built yet: each says so instead of "unknown service". */
import { SERVICES } from '../../pb/index.ts';
import type { ServiceEntry } from './decoded-request.ts';

/** A row for every method of etcd's services that `built` has none for. */
export function unbuiltMethods(built: ReadonlySet<string>): ServiceEntry[] {
  return SERVICES.flatMap((service) => Object.values(service.methods))
    .map((method) => method.path)
    .filter((path) => !built.has(path))
    .map(unbuilt);
}

function unbuilt(path: string): ServiceEntry {
  const message = `etcd-ts: ${path.slice(1)} is not built yet in this version`;
  return [path, { kind: 'bidi', handler: (call) => call.fail({ code: 'Unimplemented', message }) }];
}
