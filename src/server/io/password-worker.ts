/** The thread that hashes and checks passwords, one after the other. */
import { parentPort } from 'node:worker_threads';
import { compareSync, genSaltSync, hashSync } from 'bcryptjs';
import { defined } from '../../base/assert.ts';

export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'check'; readonly password: string; readonly hash: string };

/** A hash, or whether the password is the right one. */
export type PasswordAnswer = string | boolean;

const port = defined(parentPort ?? undefined, 'it runs as a thread');

port.on('message', (task: PasswordTask) => {
  port.postMessage(answerTo(task));
});

function answerTo(task: PasswordTask): PasswordAnswer {
  if (task.kind === 'check') return isRight(task.password, task.hash);
  // The letter that Go writes; both mean the same.
  const salt = genSaltSync(task.cost).replace(/^\$2b/, '$2a');
  return hashSync(task.password, salt);
}

/** A hash that is none fits no password. */
function isRight(password: string, hash: string): boolean {
  try {
    return compareSync(password, hash);
  } catch {
    return false;
  }
}
