/**
 * How much garbage V8 lets pile up before it collects all of the heap.
 *
 * Keys and values lie outside of V8's heap, which stays at some 20 MB; but V8 also counts the bytes of
 * requests and answers as garbage to come, and by its own rule, a fixed part of the heap, collects
 * every few megabytes. At 500 puts of 3.5 KB a second it did so twice a second, for up to 25 ms each.
 */
import { setFlagsFromString } from 'node:v8';

/** The heap may become so many percent larger than what was alive in it; by V8's own rule it is less. */
const GROWTH_PERCENT = 200;

/** For all threads of the process; to be called before there is much in the heap. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
