/** What `/health` asks of the member. */
import { MvccError } from '../../mvcc/index.ts';
import { AlarmType, RangeRequest } from '../../pb/index.ts';
import { measuredRange } from '../api/measured-range.ts';
import type { MemberView } from '../api/member-view.ts';
import { rpcFailure, unexpectedFailure } from '../api/rpc-errors.ts';
import type { HealthProbe } from './health.ts';

/** The smallest key: which key is read does not matter, that it can be read does. */
const PROBE = RangeRequest.create({ key: Uint8Array.of(0), limit: 1, keysOnly: true });

export function memberHealth(member: MemberView): HealthProbe {
  return {
    get hasLeader() {
      return member.raft.leader !== 0n;
    },
    get alarms() {
      return member.alarms.list(AlarmType.NONE);
    },
    counters: member.meters.health,
    read(serializable, done) {
      const run = (): void => {
        Promise.resolve(measuredRange(PROBE, member))
          .then((result) =>
            done(result instanceof MvccError ? rpcFailure(result).message : undefined),
          )
          .catch((error: unknown) => done(unexpectedFailure(error, member).message));
      };
      if (serializable) run();
      else member.linearizable({ run, fail: (error) => done(rpcFailure(error).message) });
    },
  };
}
