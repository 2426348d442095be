/** What a process has used, from Linux' /proc. */
import { readFileSync, writeFileSync } from 'node:fs';
import { BenchError } from '../bench-error.ts';

/** /proc counts in ticks of this length on every platform that Node runs on. */
const TICK_US = 10_000;
/** Places of utime and stime among the fields behind the command's name. */
const UTIME = 11;
const STIME = 12;
/** What proc(5) asks for. */
const RESET_PEAK = '5';

/**
 * CPU time of all threads since the start, user and system, in microseconds, by steps of 10 ms.
 * Throws BENCH_CONNECTION when the process is gone.
 */
export function cpuUs(pid: number): number {
  const stat = read(pid, 'stat');
  // The name is in parentheses and may hold any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_US;
}

/** CPU time of several processes; undefined: there are none. */
export function cpuUsOf(pids: readonly number[]): number | undefined {
  return sum(pids.map(cpuUs));
}

/** Resident memory of several processes; undefined: there are none. */
export function residentBytesOf(pids: readonly number[]): number | undefined {
  return sum(pids.map(residentBytes));
}

/** Resident memory in bytes, shared pages included. Throws BENCH_CONNECTION like {@link cpuUs}. */
export function residentBytes(pid: number): number {
  return kibibytes(pid, 'VmRSS');
}

/** Forgets the peak of the resident memory so far. Throws BENCH_CONNECTION like {@link cpuUs}. */
export function resetPeakResidentBytes(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
  } catch (error) {
    throw new BenchError('BENCH_CONNECTION', `there is no process ${pid}`, error);
  }
}

/** Peak of the resident memory in bytes. Throws BENCH_CONNECTION like {@link cpuUs}. */
export function peakResidentBytes(pid: number): number {
  return kibibytes(pid, 'VmHWM');
}

/** How many files the process may have open. Throws BENCH_CONNECTION like {@link cpuUs}. */
export function openFilesMax(pid: number): number {
  const soft = /^Max open files\s+(\w+)/m.exec(read(pid, 'limits'))?.[1];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function kibibytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(pid, 'status'))?.[1];
  return Number(found ?? Number.NaN) * 1024;
}

function sum(figures: readonly number[]): number | undefined {
  return figures.length === 0 ? undefined : figures.reduce((one, other) => one + other);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    throw new BenchError('BENCH_CONNECTION', `there is no process ${pid}`, error);
  }
}
