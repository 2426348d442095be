/** A snapshot on its way between two simulated members, part by part, as slow as the network. */
import type { SnapshotExchange } from '../../../src/base/ports/peer-transport.ts';
import { Message } from '../../../src/pb/index.ts';
import type { Host, SimNetwork } from './sim-network.ts';

/** Who hears nothing for that long gives the transfer up. */
const SILENCE_MS = 5000;

/** Thrown to whoever reads a snapshot whose sender breaks off. */
export class TransferBrokenError extends Error {
  override readonly name = 'TransferBrokenError';
}

/** The end of a transfer at the receiver. */
export class IncomingSnapshot {
  readonly #host: Host;
  readonly #parts: Uint8Array[] = [];
  #isWhole = false;
  /** The sender has broken off. */
  isBroken = false;
  #wake: () => void = () => undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#wake();
  }

  end(): void {
    this.#isWhole = true;
    this.#wake();
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) yield part;
      else if (this.#isWhole) return;
      else if (this.isBroken) throw new TransferBrokenError('the sender is silent');
      else await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#host.time.after(SILENCE_MS, () => {
        this.isBroken = true;
        resolve();
      });
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** Where a snapshot goes to. */
export interface SnapshotRoute {
  readonly network: SimNetwork;
  readonly from: Host;
  readonly to: Host;
}

/**
 * Sends `message` with its database; true when it is saved there. Reads what `snapshots` gives,
 * and closes it. Never rejects.
 */
export async function sendSnapshot(
  message: Message,
  snapshots: SnapshotExchange<Message>,
  route: SnapshotRoute,
): Promise<boolean> {
  const outgoing = await snapshots.open(message).catch(() => undefined);
  if (outgoing === undefined) return false;
  try {
    return await new OutgoingTransfer(route).send(outgoing.message, outgoing.body);
  } catch {
    return false;
  } finally {
    await outgoing.close();
  }
}

class OutgoingTransfer {
  readonly #route: SnapshotRoute;
  /** The lives of the two that this is between. */
  readonly #fromLife: number;
  #toLife: number | undefined;
  #incoming: IncomingSnapshot | undefined;
  #isSaved: boolean | undefined;
  #told: () => void = () => undefined;

  constructor(route: SnapshotRoute) {
    this.#route = route;
    this.#fromLife = route.from.time.life;
  }

  async send(message: Message, body: AsyncIterable<Uint8Array>): Promise<boolean> {
    const { network, to } = this.#route;
    const bytes = Message.encode(message);
    const tell = (isSaved: boolean): void => this.#tell(isSaved);
    const isBegun = await this.#round(() => {
      this.#incoming = to.transport?.takeSnapshot(Message.decode(bytes), tell);
      this.#toLife = to.time.life;
    });
    if (!isBegun || this.#incoming === undefined) return false;
    const incoming = this.#incoming;
    for await (const part of body) {
      const copy = part.slice();
      if (network.random.chance(network.snapshotAbortPermille)) return false;
      if (!(await this.#round(() => incoming.add(copy)))) return false;
    }
    if (!(await this.#round(() => incoming.end()))) return false;
    if (this.#isSaved === undefined) await this.#outcome();
    return this.#isSaved ?? false;
  }

  /** Has something happen at the receiver; false when nothing is heard of that. */
  #round(there: () => void): Promise<boolean> {
    const { network, from, to } = this.#route;
    return new Promise((resolve) => {
      const timer = from.time.after(SILENCE_MS, () => resolve(false));
      const heard = (): void => {
        timer.cancel();
        resolve(true);
      };
      const arrived = (): void => {
        there();
        network.stream(to, from, heard, this.#fromLife);
      };
      const isSent = network.stream(
        from,
        to,
        () => {
          if (network.snapshotPartMs === 0) arrived();
          else to.time.after(network.snapshotPartMs, arrived);
        },
        this.#toLife,
      );
      if (isSent) return;
      timer.cancel();
      from.time.defer(() => resolve(false));
    });
  }

  /** Resolves when the receiver has told, or is silent. */
  #outcome(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#route.from.time.after(SILENCE_MS, resolve);
      this.#told = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** Called at the receiver. */
  #tell(isSaved: boolean): void {
    const { network, from, to } = this.#route;
    const told = (): void => {
      this.#isSaved = isSaved;
      this.#told();
    };
    network.stream(to, from, told, this.#fromLife);
  }
}
