import { DISK_MUTANTS } from './disk-mutants.ts';
import type { Mutant } from './mutant.ts';
import { RAFT_MUTANTS } from './raft-mutants.ts';
import { STATE_MUTANTS } from './state-mutants.ts';

/** The safety lines that the simulator has to miss when they are gone. */
export const MUTANTS: readonly Mutant[] = [...RAFT_MUTANTS, ...DISK_MUTANTS, ...STATE_MUTANTS];
