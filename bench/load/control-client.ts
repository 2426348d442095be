/** Single calls around a load: where the store stands, and cleaning up. */

import { DeleteRangeRequest, KVService, RangeRequest, RangeResponse } from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';
import { ClosedLoop } from './closed-loop.ts';
import { ConnectionGroup, type Endpoint } from './connection-group.ts';
import { RequestSet } from './request-set.ts';

export class ControlClient {
  readonly #group: ConnectionGroup;

  constructor(endpoint: Endpoint) {
    this.#group = new ConnectionGroup(endpoint, 1);
  }

  /** The store's revision, by a linearizable read. */
  async revision(): Promise<number> {
    const request = RangeRequest.create({ key: Uint8Array.of(0x78), countOnly: true });
    const answer = await this.#call(KVService.methods.Range.path, RangeRequest.encode(request));
    const revision = RangeResponse.decode(answer).header?.revision;
    if (revision === undefined) throw new BenchError('BENCH_ANSWER', 'Range: no header');
    return revision;
  }

  /** Deletes all keys in [key, rangeEnd). */
  async deleteRange(key: Uint8Array, rangeEnd: Uint8Array): Promise<void> {
    const request = DeleteRangeRequest.create({ key, rangeEnd });
    const body = DeleteRangeRequest.encode(request);
    await this.#call(KVService.methods.DeleteRange.path, body);
  }

  close(): void {
    this.#group.close();
  }

  async #call(path: string, body: Uint8Array): Promise<Uint8Array> {
    let answer = new Uint8Array(0);
    const check = (bytes: Uint8Array, start: number, end: number): void => {
      answer = bytes.slice(start, end);
    };
    const kind = { path, writes: false, streaming: false, check };
    await new ClosedLoop(this.#group, 1, new RequestSet(1, () => ({ kind, body }))).run(1);
    return answer;
  }
}
