/** Takes a snapshot as a client does, and keeps nothing of it. */
import { createHash } from 'node:crypto';
import { equalBytes } from '../../src/base/bytes.ts';
import { MaintenanceService, SnapshotRequest, SnapshotResponse } from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';
import { ClientStream, type StreamListener } from '../http2/client-stream.ts';
import { ConnectionGroup, type Endpoint } from './connection-group.ts';
import { RequestSet } from './request-set.ts';

const { path } = MaintenanceService.methods.Snapshot;

/** Returns the length of the file. Throws BENCH_ANSWER unless its digest is right. */
export async function readSnapshot(endpoint: Endpoint): Promise<number> {
  const group = new ConnectionGroup([endpoint], 1);
  const reading = new Reading();
  const stream = new ClientStream(reading);
  const kind = { path, writes: false, streaming: false, check: () => undefined };
  const body = SnapshotRequest.encode({});
  const requests = new RequestSet(1, () => ({ kind, body }));
  const message = { bytes: body, start: 0, end: 0 };
  requests.select(0, message);
  try {
    await group.run(
      (done) => {
        const [connection] = group.connections;
        reading.done = done;
        connection?.begin(stream, path);
        connection?.send(stream, message, true);
      },
      () => reading.bytes,
    );
    return reading.bytes;
  } finally {
    group.close();
  }
}

class Reading implements StreamListener {
  readonly #digest = createHash('sha256');
  #isChecked = false;
  bytes = 0;
  done: () => void = () => undefined;

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    const { blob, remainingBytes } = SnapshotResponse.decode(bytes.subarray(start, end));
    if (this.#isEnd) {
      this.#check(blob);
      return;
    }
    this.#digest.update(blob);
    this.bytes += blob.length;
    this.#isEnd = remainingBytes === 0;
  }

  onEnd(): void {
    if (!this.#isChecked) throw new BenchError('BENCH_ANSWER', `${path}: ended without a digest`);
    this.done();
  }

  /** All of the file is there: what follows is its digest. */
  #isEnd = false;

  #check(digest: Uint8Array): void {
    if (this.#isChecked || !equalBytes(digest, this.#digest.digest())) {
      throw new BenchError('BENCH_ANSWER', `${path}: the digest is that of something else`);
    }
    this.#isChecked = true;
  }
}
