import { ETCD_VERSION } from '../../version.ts';
import type { Command } from './command.ts';

export const version: Command = {
  name: 'version',
  takes: ' [flags]',
  about: 'Prints the version of etcdutl',
  flags: [],
  commands: [],
  run: async ({ print }) => print(`etcdutl version: ${ETCD_VERSION}\nAPI version: 3.6\n`),
};
