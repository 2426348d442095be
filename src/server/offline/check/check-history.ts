/**
 * The rows of bucket `key`, each by itself and as the history of its key. Beyond what a start looks
 * at, each version must follow the one before it: above the compaction floor nothing of a key's
 * history is missing, and at or below it no more than one row of each key is kept.
 */
import { InvariantError } from '../../../base/assert.ts';
import type { Revision } from '../../../base/ids.ts';
import { utf8Text } from '../../../base/utf8.ts';
import { KeyIndex, NO_SLOT, type RevisionKey, readRevisionKey } from '../../../mvcc/index.ts';
import { KeyValue } from '../../../pb/index.ts';
import type { DatabaseSource } from '../database-source.ts';
import type { Findings } from './findings.ts';

/** The first write of a store is at the revision behind this one. */
const REVISION_EMPTY = 1;
/** Bytes of a key that are shown. */
const SHOWN_BYTES = 64;

export interface HistoryFacts {
  /** The highest of a row; 1 for none. */
  readonly revision: Revision;
  readonly rows: number;
  readonly liveKeys: number;
}

export interface HistoryPorts {
  readonly findings: Findings;
  readonly yieldTurn: () => Promise<void>;
  readonly onProgress: (rows: number) => void;
}

/** `floor`: the revision of the last compaction, begun or done; undefined before the first. */
export async function checkHistory(
  source: DatabaseSource,
  floor: Revision | undefined,
  { findings, yieldTurn, onProgress }: HistoryPorts,
): Promise<HistoryFacts> {
  const history = new HistoryCheck(floor ?? 0, findings);
  for await (const rows of source.rows('key')) {
    for (const { key, value } of rows) history.add(key, value);
    onProgress(history.rows);
    await yieldTurn();
  }
  history.finish();
  const { revision, rows, liveKeys } = history;
  return { revision, rows, liveKeys };
}

class HistoryCheck {
  rows = 0;
  revision: Revision = REVISION_EMPTY;
  readonly #floor: Revision;
  readonly #findings: Findings;
  readonly #index = new KeyIndex();

  constructor(floor: Revision, findings: Findings) {
    this.#floor = floor;
    this.#findings = findings;
  }

  get liveKeys(): number {
    return this.#index.liveKeys;
  }

  /** Takes the rows in order. */
  add(key: Uint8Array, value: Uint8Array): void {
    this.rows++;
    let at: RevisionKey;
    try {
      at = readRevisionKey(key);
    } catch {
      this.#findings.add(`key/${hex(key)}`, `not a revision: ${key.length} bytes`);
      return;
    }
    this.#follow(at.main);
    const kv = this.#decoded(at, value);
    if (kv !== undefined) this.#record(at, kv);
  }

  finish(): void {
    try {
      this.#index.checkInvariants();
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      this.#findings.add('key', `the index of the keys contradicts itself: ${error.message}`);
    }
  }

  /** Above the floor every revision has a row. */
  #follow(main: Revision): void {
    const next = Math.max(this.revision, this.#floor) + 1;
    if (main > next) {
      const missing =
        main - 1 === next ? `revision ${next} is` : `revisions ${next} to ${main - 1} are`;
      this.#findings.add('key', `${missing} missing before revision ${main}`);
    }
    this.revision = main;
  }

  #decoded(at: RevisionKey, value: Uint8Array): KeyValue | undefined {
    try {
      return KeyValue.decode(value);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      this.#findings.add(nameOf(at), `not a key and its value: ${because}`);
      return undefined;
    }
  }

  #record(at: RevisionKey, kv: KeyValue): void {
    const { main, tombstone } = at;
    // A restore that raises the revision leaves a row that says nothing else.
    if (kv.key.length === 0 && kv.modRevision === 0) return;
    const wrong = tombstone ? this.#wrongInTombstone(at, kv) : this.#wrongInPut(at, kv);
    if (wrong !== undefined) this.#findings.add(nameOf(at), `${wrong}, of key ${shown(kv.key)}`);
    const { createRevision: createMain, version } = kv;
    this.#index.restore(kv.key, { main, sub: at.sub, tombstone, createMain, version });
  }

  #wrongInTombstone({ main }: RevisionKey, kv: KeyValue): string | undefined {
    if (kv.modRevision !== 0 || kv.createRevision !== 0 || kv.version !== 0 || kv.value.length > 0)
      return 'a deletion that is more than that';
    if (main <= this.#floor || this.#isLive(kv.key)) return undefined;
    return 'the deletion of a key that is not there';
  }

  #wrongInPut({ main }: RevisionKey, kv: KeyValue): string | undefined {
    const { modRevision, createRevision, version } = kv;
    if (modRevision !== main) return `a value of revision ${modRevision}`;
    if (createRevision < 1 || createRevision > main || version < 1)
      return `version ${version}, created at ${createRevision}`;
    if (main <= this.#floor) return undefined;
    const slot = this.#index.find(kv.key);
    const isNew = slot === NO_SLOT || !this.#index.isLive(slot);
    const expected = isNew
      ? { createRevision: main, version: 1 }
      : { createRevision: this.#index.createMain(slot), version: this.#index.version(slot) + 1 };
    if (createRevision === expected.createRevision && version === expected.version)
      return undefined;
    const what = `version ${version}, created at ${createRevision}`;
    return `${what}, where version ${expected.version}, created at ${expected.createRevision}, comes next`;
  }

  #isLive(key: Uint8Array): boolean {
    const slot = this.#index.find(key);
    return slot !== NO_SLOT && this.#index.isLive(slot);
  }
}

function nameOf({ main, sub }: RevisionKey): string {
  return `key/${main}_${sub}`;
}

/** A key as text if it is one. */
export function shown(key: Uint8Array): string {
  const part = key.subarray(0, SHOWN_BYTES);
  const text = utf8Text(part);
  const more = key.length > part.length ? '…' : '';
  return text === undefined ? `0x${hex(part)}${more}` : `${JSON.stringify(text)}${more}`;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
