#!/usr/bin/env node
import { endProcess, processHost } from '../src/server/cli/command-host.ts';
import { processPorts } from '../src/server/cli/etcdutl/process-ports.ts';
import { runEtcdutl } from '../src/server/cli/run-etcdutl.ts';

endProcess(await runEtcdutl(processHost(), processPorts()));
