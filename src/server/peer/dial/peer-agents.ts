/** Connections to peers, plain or with TLS as their URLs say. */
import { Agent, type AgentOptions, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions as HttpsRequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { CodedError } from '../../../base/coded-error.ts';
import { isSecure } from '../../config/listen-points.ts';
import type { MemberUrl } from '../../config/member-url.ts';

/** Asked for each connection, so that renewed files are used. Throws when they are unusable. */
export type DialTls = () => ConnectionOptions;

export class PeerAgents {
  readonly #plain: Agent;
  readonly #secure: TlsAgent;

  /** Without `tls`, as Node does it. */
  constructor(tls: DialTls | undefined, options: AgentOptions = {}) {
    this.#plain = new Agent(options);
    this.#secure = new TlsAgent(tls, options);
  }

  /** What a request to `url` is told about the way there. */
  to(url: MemberUrl): RequestOptions {
    return {
      ...('path' in url ? { socketPath: url.path } : { host: url.host, port: url.port }),
      ...(isSecure(url)
        ? { protocol: 'https:', agent: this.#secure }
        : { protocol: 'http:', agent: this.#plain }),
    };
  }

  destroy(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

class TlsAgent extends HttpsAgent {
  readonly #tls: DialTls;

  constructor(tls: DialTls = () => ({}), options: AgentOptions = {}) {
    // Resumed sessions are verified by nobody.
    super({ ...options, maxCachedSessions: 0 });
    this.#tls = tls;
  }

  override createConnection(
    options: HttpsRequestOptions,
    done: (error: Error | null, connection?: Duplex) => void,
  ): Duplex | null | undefined {
    try {
      return super.createConnection({ ...options, ...this.#tls() }, done);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      done(error);
      return undefined;
    }
  }
}
