/** The quota before a request that takes space is proposed, or even looked at (etcd's order). */
import type { UnaryCall } from '../../grpc/index.ts';
import { type SpaceRequest, spaceCost } from '../apply/space-cost.ts';
import { ServerError } from '../errors.ts';
import type { MemberView } from './member-view.ts';
import { rpcFailure } from './rpc-errors.ts';

/** False when there is no room: then the alarm is raised, and the call fails once it is. */
export function hasRoom(call: UnaryCall, member: MemberView, request: SpaceRequest): boolean {
  const { quota } = member;
  if (quota.hasRoomFor(spaceCost(request))) return true;
  const noSpace = new ServerError('SERVER_NO_SPACE', 'database space exceeded');
  quota.raiseAlarm(() => call.fail(rpcFailure(noSpace)));
  return false;
}
