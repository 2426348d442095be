import { MvccError, type Outcome } from '../../mvcc/index.ts';
import type { RangeRequest, RangeResponse } from '../../pb/index.ts';
import type { MemberView } from './member-view.ts';

/** `store.range`, with the time it takes measured. */
export function measuredRange(
  request: RangeRequest,
  { store, clock, meters }: Pick<MemberView, 'store' | 'clock' | 'meters'>,
): Outcome<RangeResponse> | Promise<RangeResponse> {
  const startMs = clock.monotonicMs();
  const ended = (isSuccess: boolean): void =>
    meters.ranges.ended(isSuccess, clock.monotonicMs() - startMs);
  const result = store.range(request);
  if (result instanceof Promise) {
    result.then(
      () => ended(true),
      () => ended(false),
    );
  } else {
    ended(!(result instanceof MvccError));
  }
  return result;
}
