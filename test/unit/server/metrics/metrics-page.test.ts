import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MetricsPage } from '../../../../src/server/metrics/metrics-page.ts';
import { gauge } from '../../../../src/server/metrics/series.ts';
import { parsePrometheus, valueOf } from '../../../support/metrics/prometheus-text.ts';

const HANDLED = 'promhttp_metric_handler_requests_total';

describe('MetricsPage', () => {
  it('refreshes what takes time before it reads', async () => {
    let fresh = 0;
    const group = {
      refresh: async () => {
        await new Promise(setImmediate);
        fresh++;
      },
      series: [gauge('fresh', 'h', () => fresh)],
    };
    const page = new MetricsPage([group]);
    assert.equal(valueOf(parsePrometheus(await page.text()), 'fresh'), 1);
    assert.equal(valueOf(parsePrometheus(await page.text()), 'fresh'), 2);
  });

  it('counts scrapes: those that failed, and those under way', async () => {
    let fails = true;
    const group = {
      refresh: () => (fails ? Promise.reject(new TypeError('no disk')) : Promise.resolve()),
      series: [],
    };
    const page = new MetricsPage([group]);
    await assert.rejects(page.text(), /no disk/);
    fails = false;
    await page.text();
    const parsed = parsePrometheus(await page.text());
    assert.equal(valueOf(parsed, HANDLED, { code: '200' }), 1);
    assert.equal(valueOf(parsed, HANDLED, { code: '500' }), 1);
    assert.equal(valueOf(parsed, 'promhttp_metric_handler_requests_in_flight'), 1);
  });
});
