/** The page behind `/metrics`. The library that writes it is loaded for the first scrape. */
import type { Exposition } from './exposition.ts';
import { counter, gauge, type Series, type SeriesGroup } from './series.ts';

export class MetricsPage {
  readonly #groups: readonly SeriesGroup[];
  #exposition: Promise<Exposition> | undefined;
  #served = 0;
  #failed = 0;
  #underWay = 0;

  constructor(groups: readonly SeriesGroup[]) {
    this.#groups = [...groups, { series: this.#ownSeries() }];
  }

  /** The page as of now. Rejects when something cannot be read. */
  async text(): Promise<string> {
    this.#underWay++;
    try {
      this.#exposition ??= this.#open();
      const exposition = await this.#exposition;
      await Promise.all(this.#groups.map(async (group) => group.refresh?.()));
      const text = await exposition.text();
      this.#served++;
      return text;
    } catch (error) {
      this.#failed++;
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  async #open(): Promise<Exposition> {
    const { Exposition } = await import('./exposition.ts');
    return new Exposition(this.#groups.flatMap((group) => group.series));
  }

  #ownSeries(): Series[] {
    return [
      gauge(
        'promhttp_metric_handler_requests_in_flight',
        'Current number of scrapes being served.',
        () => this.#underWay,
      ),
      {
        ...counter(
          'promhttp_metric_handler_requests_total',
          'Total number of scrapes by HTTP status code.',
          () => undefined,
        ),
        labelNames: ['code'],
        read: () => [
          { labels: { code: '200' }, value: this.#served },
          { labels: { code: '500' }, value: this.#failed },
        ],
      },
    ];
  }
}
