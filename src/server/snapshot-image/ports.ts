/** What taking in an image needs of the machine. */
import type { Backend } from '../../base/ports/backend.ts';

/** A file that is written from its beginning to its end, off the main thread. FileError throughout. */
export interface GrowingFile {
  /** Resolves when the bytes may be reused; one call at a time. */
  append(bytes: Uint8Array): Promise<void>;
  /** Content and length are on disk when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Creates a file of mode 0600; rejects with FILE_EXISTS when there is one. */
export type CreateFile = (path: string) => Promise<GrowingFile>;

/** A state that is being filled, beside the current one. */
export interface StagedState {
  /** Empty at first. Not closed by `adopt`: it is the current one then. */
  readonly backend: Backend;
  /**
   * Makes it the state that the next start opens; durable when it returns. When it throws, which
   * of the two that will be is not known: the member must stop.
   */
  adopt(): void;
  /** Removes the former state, whose backend must be closed. A start does so, too. */
  removeFormer(yieldTurn: () => Promise<void>): Promise<void>;
  /** Closes the backend and removes what is in it; not once it was adopted. */
  discard(): Promise<void>;
}

/** Begins a state beside the current one, whose lock must be held. */
export type StageState = () => Promise<StagedState>;
