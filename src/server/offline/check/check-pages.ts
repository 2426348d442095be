import { BboltCheck, type BboltFile } from '../../../bbolt/index.ts';

/** Rows whose pages are looked at in one turn. */
const SLICE_ROWS = 1000;

/** Goes through all pages of a database. Rejects with BboltError at the first thing that is wrong. */
export async function checkPages(file: BboltFile, yieldTurn: () => Promise<void>): Promise<void> {
  const check = new BboltCheck(file);
  while (check.step(SLICE_ROWS) === undefined) await yieldTurn();
}
