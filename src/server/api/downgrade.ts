/**
 * Maintenance.Downgrade: whether the cluster may go to an older version, that it is to, and that it
 * is not any more. Members then work together at that version, so that older ones can be among them.
 */
import type { UnaryCall } from '../../grpc/index.ts';
import {
  DowngradeAction,
  DowngradeInfoSetRequest,
  type DowngradeRequest,
  DowngradeResponse,
} from '../../pb/index.ts';
import { isOneBelow, parseVersion, type Version, versionText } from '../membership/versions.ts';
import { fullHeader, type MemberView } from './member-view.ts';
import { type ApiErrorCode, failureOf, rpcFailure } from './rpc-errors.ts';

export function downgrade(call: UnaryCall, request: DowngradeRequest, member: MemberView): void {
  switch (request.action) {
    case DowngradeAction.VALIDATE:
      validate(call, request, member);
      return;
    case DowngradeAction.ENABLE:
      enable(call, request, member);
      return;
    case DowngradeAction.CANCEL:
      cancel(call, member);
      return;
    default:
      call.fail(failureOf('API_UNKNOWN_METHOD'));
  }
}

function validate(call: UnaryCall, request: DowngradeRequest, member: MemberView): void {
  // As of now: the answer waits for the check of the target alone.
  const version = clusterVersion(member);
  whenAllowed(call, { request, member }, () => reply(call, member, version));
}

function enable(call: UnaryCall, request: DowngradeRequest, member: MemberView): void {
  whenAllowed(call, { request, member }, (ver) => {
    const info = DowngradeInfoSetRequest.create({ enabled: true, ver });
    member.propose('downgradeInfoSet', info, ({ error }) => {
      if (error === undefined) reply(call, member, clusterVersion(member));
      else call.fail(rpcFailure(error));
    });
  });
}

/** Answers the same when there is nothing to cancel, or when it cannot be: etcd only logs that. */
function cancel(call: UnaryCall, member: MemberView): void {
  const answer = (): void => reply(call, member, clusterVersion(member));
  member.linearizable({
    run: () => {
      if (member.cluster.downgradeTarget === undefined) answer();
      else member.propose('downgradeInfoSet', DowngradeInfoSetRequest.create({}), answer);
    },
    fail: answer,
  });
}

/** Runs `next` with the target, if the cluster may go there as far as its leader knows. */
function whenAllowed(
  call: UnaryCall,
  { request, member }: { readonly request: DowngradeRequest; readonly member: MemberView },
  next: (target: string) => void,
): void {
  const target = targetOf(request.version);
  if (target === undefined) {
    call.fail(failureOf('API_BAD_DOWNGRADE_VERSION'));
    return;
  }
  member.linearizable({
    run: () => {
      const refusal = refusalOf(target, member);
      if (refusal === undefined) next(versionText(target));
      else call.fail(failureOf(refusal));
    },
    fail: (error) => call.fail(rpcFailure(error)),
  });
}

function refusalOf(target: Version, { cluster }: MemberView): ApiErrorCode | undefined {
  const current = parseVersion(cluster.version ?? '');
  if (current === undefined) return 'API_NO_CLUSTER_VERSION';
  if (!isOneBelow(target, current)) return 'API_BAD_DOWNGRADE_TARGET';
  return cluster.downgradeTarget === undefined ? undefined : 'API_DOWNGRADING';
}

/** Takes `3.5` for `3.5.0`. */
function targetOf(text: string): Version | undefined {
  return parseVersion(text) ?? parseVersion(`${text}.0`);
}

function reply(call: UnaryCall, member: MemberView, version: string): void {
  call.reply(DowngradeResponse.encode({ header: fullHeader(member), version }));
}

/** `3.6`. */
function clusterVersion({ cluster }: MemberView): string {
  const version = parseVersion(cluster.version ?? '');
  return version === undefined ? '' : `${version.major}.${version.minor}`;
}
