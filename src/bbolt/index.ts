export { BboltCheck, type BboltCheckReport } from './bbolt-check.ts';
export { BboltError, type BboltErrorCode } from './bbolt-error.ts';
export { BboltFile } from './bbolt-file.ts';
export { type BboltPlan, BboltWriter } from './bbolt-writer.ts';
export { BboltBucket, type BboltCursor, type BboltRow } from './bucket.ts';
export { encodeMetaPages, type Meta } from './meta-page.ts';
export { bytesSource, type PageSource } from './page-source.ts';
