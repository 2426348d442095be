/**
 * Tells systemd how far the process is, as `sd_notify` does: a datagram to the unix socket that
 * NOTIFY_SOCKET names. Node has no such sockets, so that a program of the system sends it.
 *
 * Systemd listens to a service's main process alone, unless the unit says otherwise, and asks the
 * kernel who sent. A sender that runs as root may name our process, and the first two do; without
 * root the unit needs `NotifyAccess=all`.
 */
import { execFile } from 'node:child_process';

export type ServiceState = 'READY=1' | 'STOPPING=1';

/** Who sent it; or why nobody could. */
export type Notified = { readonly sender: string } | { readonly failures: readonly string[] };

export interface Notification {
  /** A path, or the name of an abstract socket behind `@`. */
  readonly socket: string;
  readonly state: ServiceState;
  /** Time for all senders together. */
  readonly timeoutMs: number;
}

interface Sender {
  readonly command: string;
  arguments(notification: Notification): readonly string[];
}

const PYTHON = `
import os, socket, struct, sys
address, state, pid = sys.argv[1:]
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.connect("\\0" + address[1:] if address[0] == "@" else address)
claim = struct.pack("3i", int(pid), os.getuid(), os.getgid())
try:
    sender.sendmsg([state.encode()], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, claim)])
except PermissionError:
    sender.send(state.encode())
`;

const PERL = `
my ($address, $state) = @ARGV;
$address =~ s/^@/\\0/;
socket(my $sender, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
connect($sender, pack_sockaddr_un($address)) or die "connect: $!";
defined(send($sender, $state, 0)) or die "send: $!";
`;

/** In the order in which they are tried. */
export const SENDERS: readonly Sender[] = [
  {
    command: 'systemd-notify',
    arguments: ({ state }) => ['--no-block', `--pid=${process.pid}`, state],
  },
  {
    // Before version 246, which waits for an answer unless told not to.
    command: 'systemd-notify',
    arguments: ({ state }) => [`--pid=${process.pid}`, state],
  },
  {
    command: 'python3',
    arguments: ({ socket, state }) => ['-I', '-c', PYTHON, socket, state, String(process.pid)],
  },
  { command: 'perl', arguments: ({ socket, state }) => ['-MSocket', '-e', PERL, socket, state] },
];

/** Sends by the first sender that can. Never rejects, and is done by `timeoutMs`. */
export async function notifySystemd(
  notification: Notification,
  senders: readonly Sender[] = SENDERS,
): Promise<Notified> {
  const deadlineMs = performance.now() + notification.timeoutMs;
  const failures: string[] = [];
  for (const sender of senders) {
    const remainingMs = Math.ceil(deadlineMs - performance.now());
    if (remainingMs <= 0) break;
    const failure = await failureOf(sender, notification, remainingMs);
    if (failure === undefined) return { sender: sender.command };
    failures.push(`${sender.command}: ${failure}`);
  }
  return { failures };
}

/** Why the sender failed, undefined when it did not. */
function failureOf(
  sender: Sender,
  notification: Notification,
  timeoutMs: number,
): Promise<string | undefined> {
  const options = {
    env: { PATH: process.env['PATH'], NOTIFY_SOCKET: notification.socket },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  } as const;
  return new Promise((resolve) => {
    execFile(
      sender.command,
      sender.arguments(notification),
      options,
      (error, _output, complaint) => {
        if (error === null) resolve(undefined);
        else if (error.killed === true) resolve(`not done in ${timeoutMs} ms`);
        else resolve(complaint.trim() || error.message);
      },
    );
  });
}
