/** The stream of an election's leaders: each one, and every value it proclaims. */
import { defined } from '../../base/assert.ts';
import { RpcError, type ServerStreamCall, type ServiceMethod } from '../../grpc/index.ts';
import {
  Event,
  EventType,
  KeyValue,
  LeaderRequest,
  LeaderResponse,
  type ResponseHeader,
} from '../../pb/index.ts';
import { Contest } from './contest.ts';
import { decoded } from './decoded-request.ts';
import { LocalClient } from './local-client.ts';
import type { LocalServicePorts } from './local-service.ts';
import { unexpectedFailure } from './rpc-errors.ts';

export function observeMethod({ table, member }: LocalServicePorts): ServiceMethod {
  const handler = (call: ServerStreamCall, bytes: Uint8Array): void => {
    const request = decoded(LeaderRequest, bytes, 'stream');
    if (request instanceof RpcError) {
      call.fail(request);
      return;
    }
    const observer = new Observer(call, new LocalClient(table, call), request.name);
    observer.run().catch((error: unknown) => {
      // As in etcd, a stream that cannot go on ends without saying why.
      if (error instanceof RpcError) call.end();
      else call.fail(unexpectedFailure(error, member));
    });
  };
  return { kind: 'server-stream', handler };
}

class Observer {
  readonly #call: ServerStreamCall;
  readonly #client: LocalClient;
  readonly #contest: Contest;
  /** Settles when the client takes messages again. */
  #room: Promise<void> = Promise.resolve();
  #hasRoom: () => void = () => undefined;

  constructor(call: ServerStreamCall, client: LocalClient, name: Uint8Array) {
    this.#call = call;
    this.#client = client;
    this.#contest = new Contest(client, name);
    call.onDrain(() => this.#hasRoom());
  }

  /** Follows one leader after the other; ends with the RpcError of what fails. */
  async run(): Promise<never> {
    for (;;) {
      const leader = await this.#nextLeader();
      await this.#send(leader);
      await this.#follow(leader);
    }
  }

  /** The leader there is, or the first that comes. */
  async #nextLeader(): Promise<Leader> {
    const { header, kvs } = await this.#client.range(this.#contest.firstRequest);
    const first = kvs[0];
    if (first !== undefined)
      return { header: defined(header, HAS_HEADER), kv: KeyValue.decode(first) };
    const startRevision = defined(header, HAS_HEADER).revision + 1;
    const watch = this.#client.watch({ ...this.#contest.range, startRevision });
    try {
      for (;;) {
        const response = await watch.next();
        const put = response.events.map((event) => Event.decode(event)).find(isPut);
        if (put === undefined) continue;
        const kv = keyValueOf(put);
        // There may be later events in this response: they are for who follows the leader.
        return {
          header: { ...defined(response.header, HAS_HEADER), revision: kv.modRevision },
          kv,
        };
      }
    } finally {
      watch.close();
    }
  }

  /** Sends what the leader proclaims, until its key is deleted. */
  async #follow({ header, kv }: Leader): Promise<void> {
    const watch = this.#client.watch({ key: kv.key, startRevision: header.revision + 1 });
    try {
      for (;;) {
        const response = await watch.next();
        for (const event of response.events.map((bytes) => Event.decode(bytes))) {
          if (!isPut(event)) return;
          const newHeader = defined(response.header, HAS_HEADER);
          await this.#send({ header: newHeader, kv: keyValueOf(event) });
        }
      }
    } finally {
      watch.close();
    }
  }

  /** Sends, and waits until there is room for more. */
  async #send(leader: Leader): Promise<void> {
    if (!this.#call.send(LeaderResponse.encode(leader))) {
      this.#room = new Promise((resolve) => {
        this.#hasRoom = resolve;
      });
    }
    await this.#room;
  }
}

interface Leader {
  readonly header: ResponseHeader;
  readonly kv: KeyValue;
}

const HAS_HEADER = 'answers of our own services have a header';

function isPut(event: Event): boolean {
  return event.type === EventType.PUT;
}

function keyValueOf(event: Event): KeyValue {
  return KeyValue.decode(defined(event.kv, 'an event has its key'));
}
