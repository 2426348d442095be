/** Hands leadership over to another member, and waits until that one leads. */
import type { MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import { ServerError } from '../errors.ts';

/** Called once: with why the target does not lead, or with undefined when it does. */
export type TransferDone = (error: ServerError | undefined) => void;

interface Transfer {
  readonly to: MemberId;
  readonly deadlineMs: number;
  readonly done: TransferDone;
}

export interface LeaderTransferPorts {
  readonly raft: { readonly leader: MemberId; transferLeadership(to: MemberId): void };
  readonly clock: Clock;
}

export class LeaderTransfers {
  readonly #ports: LeaderTransferPorts;
  readonly #timeoutMs: number;
  readonly #waiting = new Set<Transfer>();

  constructor(options: { readonly requestTimeoutMs: number }, ports: LeaderTransferPorts) {
    this.#timeoutMs = options.requestTimeoutMs;
    this.#ports = ports;
  }

  /** Begins a transfer to a voter, as leader. */
  begin(to: MemberId, done: TransferDone): void {
    const { raft, clock } = this.#ports;
    if (raft.leader === to) {
      done(undefined);
      return;
    }
    this.#waiting.add({ to, deadlineMs: clock.monotonicMs() + this.#timeoutMs, done });
    raft.transferLeadership(to);
  }

  /** `leader` leads from now on. */
  leaderIs(leader: MemberId): void {
    this.#end(
      ({ to }) => to === leader,
      () => undefined,
    );
  }

  /** Ends those whose time is over. */
  expire(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const text = 'request timed out, leader transfer took too long';
    this.#end(
      ({ deadlineMs }) => deadlineMs <= nowMs,
      () => new ServerError('SERVER_TRANSFER_TIMEOUT', text),
    );
  }

  /** Ends all of them: the server stops. */
  stop(): void {
    this.#end(
      () => true,
      () => new ServerError('SERVER_STOPPED', 'server stopped'),
    );
  }

  #end(isOver: (transfer: Transfer) => boolean, error: () => ServerError | undefined): void {
    for (const transfer of this.#waiting) {
      if (!isOver(transfer)) continue;
      this.#waiting.delete(transfer);
      transfer.done(error());
    }
  }
}
