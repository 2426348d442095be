/** Safety lines of what is on disk: log, batches of state, snapshots. */
import type { Mutant } from './mutant.ts';

export const DISK_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-fsync',
    file: 'src/wal/wal-writer.ts',
    text: '    this.#file.dataSync();\n',
    replacement: '',
    breaks: 'says of the log that it is synced, and has not synced it',
  },
  {
    name: 'hard-state-unsynced',
    file: 'src/wal/wal-writer.ts',
    text: 'if (term !== before.term || vote !== before.vote || reachesSnapshot) mustSync = true;',
    replacement: 'if (reachesSnapshot) mustSync = true;',
    breaks: 'says of a term and a vote that they are synced, and has not synced them',
  },
  {
    name: 'repair-cuts-good-record',
    file: 'src/wal/open-wal.ts',
    text: '  cutTornTail(files, path, offset);',
    replacement: '  cutTornTail(files, path, Math.max(0, offset - 512));',
    breaks: 'the repair of an interrupted write takes records before it, too',
  },
  {
    name: 'snapshot-record-ignored',
    file: 'src/wal/valid-snapshots.ts',
    text: '    found.push({ index, term });\n',
    replacement: '    if (index === 0) found.push({ index, term });\n',
    breaks: 'a start does not see where the log says that a snapshot is',
  },
  {
    name: 'snapshot-before-state',
    file: 'src/server/node/snapshots.ts',
    text: '    await buffer.flush();\n',
    replacement: '',
    breaks: 'a snapshot gives up log whose state is not on disk',
  },
  {
    name: 'image-unsynced',
    file: 'src/server/snapshot-image/save-image.ts',
    text: '    await file.sync();\n',
    replacement: '',
    breaks: 'raft hears of a snapshot whose image a power loss takes',
  },
  {
    name: 'install-halfway',
    file: 'src/server/snapshot-image/image-import.ts',
    text: '      for (const row of rows) {\n',
    replacement: '      for (const row of rows.slice(1)) {\n',
    breaks: 'a state is put in place before all of its rows are there',
  },
  {
    name: 'install-not-logged',
    file: 'src/server/node/member-node.ts',
    text: '    this.#ports.log.saveSnapshot(snapshot, (error) => {\n',
    replacement: '    this.#ports.log.append(encodeBatch([], undefined), (error) => {\n',
    breaks: 'the log does not begin anew where a state was installed',
  },
  {
    name: 'batch-without-index',
    file: 'src/mvcc/write-buffer.ts',
    text: 'this.put(Bucket.meta, MetaKey.consistentIndex, u64BeBytes(BigInt(this.#appliedIndex)));',
    replacement: '',
    breaks: 'state on disk does not say up to where the log is in it, so entries apply twice',
  },
  {
    name: 'conf-state-not-kept',
    file: 'src/server/apply/applier.ts',
    text: '    buffer.setConfState(confStateJson(applied.confState));\n',
    replacement: '',
    breaks: 'a restart forgets who votes',
  },
  {
    name: 'compaction-not-kept',
    file: 'src/mvcc/store.ts',
    text: '    this.#ports.buffer.put(Bucket.meta, MetaKey.scheduledCompactRev, revisionKey(revision, 0));\n',
    replacement: '',
    breaks: 'a restart in the middle of a compaction forgets it',
  },
];
