export { LeaseError, type LeaseErrorCode } from './errors.ts';
export { LEASE_TTL_S_MAX, type LeaseInfo, Lessor, type LessorOptions } from './lessor.ts';
export { REVOKES_PER_SECOND_MAX } from './promotion.ts';
