/** Calls to a method that does nothing, each with the body of a Put: what gRPC alone costs. */
import { checkHeader } from '../load/answers.ts';
import type { RequestKind } from '../load/request-set.ts';
import { NO_OP_PATH } from '../no-op/method.ts';
import type { KeySpace } from './key-space.ts';
import { type BuildRequest, putRequests } from './requests.ts';
import { closedLoop } from './unary.ts';
import type { LoadWorkload } from './workload.ts';

const NO_OP: RequestKind = {
  path: NO_OP_PATH,
  writes: false,
  streaming: false,
  check: checkHeader,
};

const described = { kind: 'no-op', unit: 'calls' } as const;

export const NO_OP_WORKLOADS: readonly LoadWorkload[] = [
  closedLoop(
    { ...described, name: 'no-op', about: 'a method that does nothing, called with Puts' },
    noOpRequests,
  ),
  closedLoop(
    { ...described, name: 'no-op-x10', about: 'the same on ten times the connections' },
    noOpRequests,
    10,
  ),
];

function noOpRequests(space: KeySpace): BuildRequest {
  const put = putRequests(space);
  return (index) => ({ kind: NO_OP, body: put(index).body });
}
