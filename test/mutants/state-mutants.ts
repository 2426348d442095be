/** Safety lines of the replicated state: keys, history, leases, watchers. */
import type { Mutant } from './mutant.ts';

export const STATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'proposes-twice',
    file: 'src/server/node/waiting-entries.ts',
    text: "if (raft.propose(batch).kind === 'dropped') return;",
    replacement:
      "if (raft.propose(batch).kind === 'dropped' || raft.propose([...batch]).kind === 'dropped') return;",
    breaks: 'a request that may have been taken is proposed once more',
  },
  {
    name: 'compacts-live-revision',
    file: 'src/mvcc/index/key-compactor.ts',
    text: 'if (isTombstone(history.tag(newest)) && history.main(newest) < compaction.floor) {',
    replacement: 'if (history.main(newest) < compaction.floor) {',
    breaks: 'a compaction removes what is still to be read at its revision',
  },
  {
    name: 'reads-compacted',
    file: 'src/mvcc/revision-state.ts',
    text: '  if (revision < compact) {\n',
    replacement: '  if (revision < 0) {\n',
    breaks: 'reads below the compacted revision are served from what happens to be left',
  },
  {
    name: 'revokes-all-keys-but-one',
    file: 'src/server/apply/dispatch.ts',
    text: 'state.store.deleteKeys(keys);',
    replacement: 'state.store.deleteKeys(keys.slice(1));',
    breaks: 'a lease that ends leaves a key behind',
  },
  {
    name: 'restart-detaches-keys',
    file: 'src/mvcc/restore.ts',
    text: '    this.#attach(kv);\n',
    replacement: '',
    breaks: 'a restart forgets which keys a lease has',
  },
  {
    name: 'expires-without-leading',
    file: 'src/server/member.ts',
    text: "    if (state.role !== 'leader') this.lessor.demote();\n",
    replacement: '',
    breaks: 'leases expire by the clock of a member that leads no more',
  },
  {
    name: 'new-leader-gives-no-time',
    file: 'src/lease/promotion.ts',
    text: 'lease.expiryMs = startMs + fullTimeS(lease) * 1000;',
    replacement: 'lease.expiryMs = startMs;',
    breaks: 'leases expire at once when another member leads',
  },
  {
    name: 'renewal-without-effect',
    file: 'src/lease/lessor.ts',
    text: '    expiries.reschedule(lease, lease.expiryMs);\n',
    replacement: '',
    breaks: 'a lease ends although it is kept alive',
  },
  {
    name: 'watch-skips-first',
    file: 'src/mvcc/watch/watcher.ts',
    text: 'if (event.revision < this.next) return false;',
    replacement: 'if (event.revision <= this.next) return false;',
    breaks: 'a watcher that resumes misses the event that it asks for',
  },
  {
    name: 'watch-reads-compacted',
    file: 'src/mvcc/watch/catch-up.ts',
    text: 'if (watcher.next >= compactRevision) return true;',
    replacement: 'if (watcher.next >= 0) return true;',
    breaks: 'a watcher that asks for compacted revisions is given what is left, without a word',
  },
  {
    name: 'watch-loses-when-full',
    file: 'src/mvcc/watch/watcher-groups.ts',
    text: '    watcher.next = this.revision;\n',
    replacement: '    watcher.next = this.revision + 1;\n',
    breaks: 'a watcher whose client is slow loses events',
  },
  {
    name: 'watch-loses-installed',
    file: 'src/mvcc/watch/watcher-groups.ts',
    text: 'watcher.next = Math.max(watcher.next, former + 1);',
    replacement: 'watcher.next = Math.max(watcher.next, revision + 1);',
    breaks: 'a watcher misses what came with an installed state',
  },
  {
    name: 'watch-not-attached-again',
    file: 'src/server/member.ts',
    text: '    this.hub.restored(state.store);\n',
    replacement: '',
    breaks: 'watchers stay with the state that an installed one has replaced',
  },
];
