/** Configuration sources for tests: a command line, an environment and files in memory. */
import type { Config } from '../../src/server/config/config.ts';
import { type ConfigSources, loadConfig } from '../../src/server/config/load-config.ts';
import type { Notice } from '../../src/server/config/notice.ts';

export interface GivenSources {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly defaultHost?: string;
}

export function sourcesOf(given: GivenSources): ConfigSources {
  return {
    argv: given.argv ?? [],
    environment: given.env ?? {},
    readFile: (path) => {
      const text = given.files?.[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return text;
    },
    defaultHost: () => given.defaultHost,
  };
}

export interface Loaded {
  readonly config: Config;
  readonly notices: readonly Notice[];
}

/** The configuration that the sources make; they must ask to run. */
export async function load(given: GivenSources): Promise<Loaded> {
  const invocation = await loadConfig(sourcesOf(given));
  if (invocation.asks !== 'run') throw new Error(`asks for ${invocation.asks}`);
  return invocation;
}

/** The same from a file, as the only source. */
export function loadYaml(yaml: string): Promise<Loaded> {
  return load({ argv: ['--config-file', 'etcd.yaml'], files: { 'etcd.yaml': yaml } });
}
