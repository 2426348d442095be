import { Histogram } from '../../base/histogram.ts';
import { DISK_BOUNDS_S } from './wal-meters.ts';

/** What is measured of the backend. */
export class BackendMeters {
  readonly commitSeconds = new Histogram(DISK_BOUNDS_S);
  /** Views that are not closed; each keeps rows on disk that are gone otherwise. */
  openViews = 0;
}
