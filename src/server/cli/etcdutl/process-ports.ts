import { dnsResolver } from '../../io/dns-resolver.ts';
import { linuxFileLocks } from '../../io/linux-file-locks.ts';
import { NodeFileSystem } from '../../io/node-file-system.ts';
import { realClock } from '../../io/real-clock.ts';
import type { OfflinePorts } from '../../offline/ports.ts';

/** Those of a real process. */
export function processPorts(): OfflinePorts {
  const files = new NodeFileSystem();
  return {
    files,
    locks: linuxFileLocks,
    openBackend: async (folder, mode) => {
      const { LevelBackend } = await import('../../io/level-backend.ts');
      return LevelBackend.open(folder, mode);
    },
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    names: dnsResolver,
    clock: realClock,
    openState: async (folder) => {
      // Loaded here: most commands have no use for LevelDB.
      const { LevelBackend } = await import('../../io/level-backend.ts');
      const { openStateDir } = await import('../../io/state-dir.ts');
      return openStateDir(folder, files, LevelBackend.open);
    },
  };
}
