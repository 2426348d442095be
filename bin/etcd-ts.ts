#!/usr/bin/env node
import { endProcess, processHost } from '../src/server/cli/command-host.ts';
import { runEtcd } from '../src/server/cli/run-etcd.ts';
import { letHeapGrow } from '../src/server/io/heap-growth.ts';
import { Server } from '../src/server/server.ts';

letHeapGrow();

endProcess(await runEtcd(processHost(), (config, logger) => Server.start(config, logger)));
