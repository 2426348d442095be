/** A TCP proxy that keeps what goes through it, connection by connection. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface RecordedConnection {
  /** What the side that connected has sent. */
  readonly request: Buffer[];
  readonly answer: Buffer[];
}

export class RecordingProxy {
  readonly connections: RecordedConnection[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const recorded: RecordedConnection = { request: [], answer: [] };
      this.connections.push(recorded);
      const far = connect(targetPort, '127.0.0.1');
      this.#copy(near, far, recorded.request);
      this.#copy(far, near, recorded.answer);
    });
  }

  static async start(port: number, targetPort: number): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #copy(from: Socket, to: Socket, record: Buffer[]): void {
    this.#sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      record.push(chunk);
      to.write(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
