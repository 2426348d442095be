/** What a command needs of its process; tests have their own. */
import { readFileSync } from 'node:fs';
import { findDefaultHost } from '../io/default-host.ts';
import { type Notified, notifySystemd, type ServiceState } from '../io/systemd-notify.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** How the process ends: by an exit code, or by the signal that stopped it. */
export type Ending = { readonly code: number } | { readonly signal: StopSignal };

export interface CommandHost {
  /** Without the interpreter and the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly defaultHost: () => string | undefined;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Resolves at the first signal to stop; a second one ends the process at once. */
  readonly stopSignal: () => Promise<StopSignal>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Tells the service manager; undefined without one. Never rejects. */
  readonly notify: ((state: ServiceState) => Promise<Notified>) | undefined;
  /** Calls `report` with what nobody caught; the process ends behind it. */
  readonly onCrash: (report: (error: unknown) => void) => void;
}

/** That of a Go program that panics. */
const CRASH_CODE = 2;

/** A start is not held up meanwhile; an end is. */
const NOTIFY_MS: Readonly<Record<ServiceState, number>> = { 'READY=1': 10_000, 'STOPPING=1': 1000 };

/** The host of a real process. */
export function processHost(): CommandHost {
  const socket = process.env['NOTIFY_SOCKET'] ?? '';
  // What other programs we may run do is not the member's state.
  delete process.env['NOTIFY_SOCKET'];
  return {
    argv: process.argv.slice(2),
    environment: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    defaultHost: findDefaultHost,
    print: (text) => process.stdout.write(text),
    printError: (text) => process.stderr.write(text),
    stopSignal,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    notify:
      socket === ''
        ? undefined
        : (state) => notifySystemd({ socket, state, timeoutMs: NOTIFY_MS[state] }),
    onCrash: (report) => {
      process.on('uncaughtException', (error) => {
        report(error);
        process.exit(CRASH_CODE);
      });
    },
  };
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function stopSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      // From here on the default action is in place again: another signal ends the process.
      for (const each of STOP_SIGNALS) process.removeListener(each, stop);
      resolve(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
    };
    for (const each of STOP_SIGNALS) process.on(each, stop);
  });
}

/**
 * Ends the process. A stopped member dies of the signal it got, as etcd does, so that the parent
 * sees why it ended; process 1, which signals cannot kill, exits with 0.
 */
export function endProcess(ending: Ending): void {
  if ('code' in ending) {
    process.exit(ending.code);
  } else if (process.pid === 1) {
    process.exit(0);
  } else {
    process.kill(process.pid, ending.signal);
  }
}
