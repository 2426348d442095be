/** What the offline commands need of the machine. */
import type { Backend } from '../../base/ports/backend.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { NameResolver } from '../config/name-resolver.ts';
import type { OpenBackend } from '../io/state-dir.ts';
import type { FileLocks } from '../storage/file-locks.ts';

export interface OfflinePorts {
  readonly files: FileSystem;
  /** Opens one store of our state (`member/kv/<n>`), as far as it is there, and holds its lock. */
  readonly openBackend: OpenBackend<Backend>;
  readonly yieldTurn: () => Promise<void>;
  /**
   * Opens the state of a stopped member of ours in its folder (`member/kv`), which is there, and
   * holds its lock. Rejects with BACKEND_LOCKED while the member runs.
   */
  readonly openState: (folder: string) => Promise<Backend>;
  /** Tells whether a real etcd works on its files. */
  readonly locks: FileLocks;
  readonly names: NameResolver;
  readonly clock: Clock;
}
