/** Maintenance.Snapshot: the state of this member as a database file, and its digest behind it. */
import { BackendError } from '../../base/ports/backend.ts';
import { RpcError, type RpcFailure, type ServerStreamCall } from '../../grpc/index.ts';
import { SnapshotRequest, SnapshotResponse, Writer } from '../../pb/index.ts';
import type { StateImage } from '../snapshot-image/state-image.ts';
import { decoded, type ServiceEntry } from './decoded-request.ts';
import type { MemberView } from './member-view.ts';
import { failureOf, unexpectedFailure } from './rpc-errors.ts';

/** Images that clients are given at a time, each of which pins a state; one more call is refused. */
export const snapshotCallsMax = 8;

const NOTHING: SnapshotResponse = SnapshotResponse.create();
/** Field 3, of a length. */
const BLOB_TAG = (3 << 3) | 2;

type SnapshotSource = Pick<MemberView, 'stateImage' | 'meters' | 'fatal'>;

export function snapshotService(member: SnapshotSource): ServiceEntry[] {
  let calls = 0;
  const serve = async (call: ServerStreamCall): Promise<void> => {
    calls++;
    await new SnapshotCall(call, member).serve();
    calls--;
  };
  const handler = (call: ServerStreamCall, bytes: Uint8Array): void => {
    const request = decoded(SnapshotRequest, bytes, 'stream');
    if (request instanceof RpcError) call.fail(request);
    else if (calls >= snapshotCallsMax) call.fail(failureOf('SERVER_TOO_MANY_REQUESTS'));
    else void serve(call);
  };
  return [['/etcdserverpb.Maintenance/Snapshot', { kind: 'server-stream', handler }]];
}

/** The state may be put away meanwhile: at a stop, and when that of another member takes its place. */
function failureBy(error: unknown, member: SnapshotSource): RpcFailure {
  const isPutAway = error instanceof BackendError && error.code === 'BACKEND_CLOSED';
  return isPutAway ? failureOf('SERVER_STOPPED') : unexpectedFailure(error, member);
}

class SnapshotCall {
  readonly #call: ServerStreamCall;
  readonly #member: SnapshotSource;
  readonly #writer = new Writer();
  /** Set while the client is slow: the next message waits. */
  #goOn: (() => void) | undefined;

  constructor(call: ServerStreamCall, member: SnapshotSource) {
    this.#call = call;
    this.#member = member;
    call.onDrain(() => this.#goOn?.());
    call.onCancel(() => this.#goOn?.());
  }

  async serve(): Promise<void> {
    try {
      const image = await this.#member.stateImage();
      try {
        await this.#member.meters.snapshots.measured(() => this.#send(image));
      } finally {
        await image.close();
      }
    } catch (error) {
      this.#call.fail(failureBy(error, this.#member));
    }
  }

  async #send(image: StateImage): Promise<void> {
    const version = image.facts.storageVersion ?? '';
    let remainingBytes = image.sizeBytes;
    for await (const blob of image.chunks()) {
      if (this.#call.cancelled) return;
      remainingBytes -= blob.length;
      await this.#sendOne({ ...NOTHING, remainingBytes, blob, version });
    }
    await this.#sendOne({ ...NOTHING, blob: image.digest(), version });
    this.#call.end();
  }

  /** The message; the blob is not copied, which would be garbage as large as the database. */
  #pieces({ remainingBytes, blob, version }: SnapshotResponse): Uint8Array[] {
    const writer = this.#writer;
    writer.reset();
    writer.uint32(blob.length);
    writer.tag(BLOB_TAG);
    SnapshotResponse.write({ ...NOTHING, remainingBytes }, writer);
    return [writer.finish(), blob, SnapshotResponse.encode({ ...NOTHING, version })];
  }

  /** Resolves when the client has taken enough for the next message. */
  async #sendOne(response: SnapshotResponse): Promise<void> {
    if (this.#call.sendPieces(this.#pieces(response)) || this.#call.cancelled) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
    this.#goOn = undefined;
  }
}
