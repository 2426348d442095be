import { plainText, quotedText } from './go-text.ts';
import type { RpcFailure } from './status.ts';

/** Why nobody serves `path`, given the services that have other methods. */
export function unknownMethod(path: string, services: ReadonlySet<string>): RpcFailure {
  const at = path.lastIndexOf('/');
  const service = path.slice(1, at);
  let message: string;
  if (at < 1 || !path.startsWith('/')) {
    message = `malformed method name: ${quotedText(path)}`;
  } else if (services.has(service)) {
    message = `unknown method ${plainText(path.slice(at + 1))} for service ${plainText(service)}`;
  } else {
    message = `unknown service ${plainText(service)}`;
  }
  return { code: 'Unimplemented', message };
}
