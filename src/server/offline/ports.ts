/** What the offline commands need of the machine. */
import type { Backend } from '../../base/ports/backend.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { NameResolver } from '../config/name-resolver.ts';

export interface OfflinePorts {
  readonly files: FileSystem;
  /**
   * Opens the state of a stopped member of ours in its folder (`member/kv`), which is there, and
   * holds its lock. Rejects with BACKEND_LOCKED while the member runs.
   */
  readonly openState: (folder: string) => Promise<Backend>;
  readonly names: NameResolver;
}
