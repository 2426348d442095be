import type { Backend } from '../../base/ports/backend.ts';
import type { LogWriter } from '../../wal/index.ts';

/** Resolves when both have let go of their files, with what the log could not write. */
export async function closeStorage(log: LogWriter, backend: Backend): Promise<Error | undefined> {
  const unwritten = await new Promise<Error | undefined>((resolve) => log.close(resolve));
  await backend.close();
  return unwritten;
}
