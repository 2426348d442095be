/** Images between members: what goes out with a snapshot message, and what comes in with one. */
import { assert } from '../../base/assert.ts';
import type { LogIndex } from '../../base/ids.ts';
import type { OutgoingSnapshot, SnapshotExchange } from '../../base/ports/peer-transport.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import type { Message, SnapshotMetadata } from '../../pb/index.ts';
import { v2StoreJson } from '../membership/v2-store-json.ts';
import { placeOf } from './image-facts.ts';
import { type SaveImagePorts, saveImage } from './save-image.ts';
import type { StateImage } from './state-image.ts';

export interface ImageExchangePorts extends SaveImagePorts {
  /** Pins this member's state. */
  readonly stateImage: () => Promise<StateImage>;
  /** Last entry that is applied here. */
  readonly appliedIndex: () => LogIndex;
}

export class ImageExchange implements SnapshotExchange<Message> {
  readonly #ports: ImageExchangePorts;

  constructor(ports: ImageExchangePorts) {
    this.#ports = ports;
  }

  /** What is sent is the state as it is now, and the message says so. */
  async open(message: Message): Promise<OutgoingSnapshot<Message>> {
    const image = await this.#ports.stateImage();
    try {
      const metadata = placeOf(image.facts);
      const data = utf8Bytes(v2StoreJson(image.membership));
      return {
        message: { ...message, snapshot: { data, metadata } },
        body: image.chunks(),
        close: () => image.close(),
      };
    } catch (error) {
      await image.close();
      throw error;
    }
  }

  async save(message: Message, body: AsyncIterable<Uint8Array>): Promise<void> {
    // Those that raft had no use for, or that are installed: or they would become ever more.
    this.#ports.received.removeThrough(this.#ports.appliedIndex());
    await saveImage(metadataOf(message), body, this.#ports);
  }
}

function metadataOf({ snapshot }: Message): SnapshotMetadata {
  assert(snapshot !== undefined, 'a snapshot message has a snapshot');
  return snapshot.metadata;
}
