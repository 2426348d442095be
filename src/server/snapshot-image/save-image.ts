/** Takes in an image from another member: on disk and checked, or not at all. */
import { BboltCheck } from '../../bbolt/index.ts';
import type { SnapshotMetadata } from '../../pb/index.ts';
import { placeOfReceived } from './image-facts.ts';
import type { CreateFile } from './ports.ts';
import type { ReceivedImages } from './received-images.ts';

/** Rows that are checked in one turn, however large they are. */
const CHECKED_ROWS = 32;

export interface SaveImagePorts {
  readonly received: ReceivedImages;
  readonly createFile: CreateFile;
  readonly yieldTurn: () => Promise<void>;
}

/**
 * Keeps the image that goes with a snapshot at `claimed`; on disk when it resolves, and nothing of
 * it is when it rejects: with what `body` throws, FileError, BboltError for a damaged file, or
 * ImageError for one that is not the state at `claimed`.
 */
export async function saveImage(
  claimed: SnapshotMetadata,
  body: AsyncIterable<Uint8Array>,
  ports: SaveImagePorts,
): Promise<void> {
  const { received } = ports;
  const temporary = received.newTemporary();
  try {
    await write(temporary, body, ports);
    await check(temporary, claimed, ports);
    received.keep(temporary, claimed.index);
  } catch (error) {
    received.giveUp(temporary);
    throw error;
  }
}

async function write(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { createFile }: SaveImagePorts,
): Promise<void> {
  const file = await createFile(path);
  try {
    for await (const chunk of body) await file.append(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function check(
  path: string,
  claimed: SnapshotMetadata,
  { received, yieldTurn }: SaveImagePorts,
): Promise<void> {
  const image = received.openFile(path);
  try {
    placeOfReceived(image.facts, claimed);
    const check = new BboltCheck(image.file);
    while (check.step(CHECKED_ROWS) === undefined) await yieldTurn();
  } finally {
    image.close();
  }
}
