import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { answerMetrics } from '../../../../src/server/gateway/metrics.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What a scraper gets; node:http neither asks for a compressed body by itself nor expands it. */
async function scrape(text: () => Promise<string>, acceptEncoding = ''): Promise<Answer> {
  const server = createServer((request, response) => answerMetrics(request, response, { text }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const headers = acceptEncoding === '' ? {} : { 'Accept-Encoding': acceptEncoding };
    const request = get({ port, host: '127.0.0.1', headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const { statusCode: status, headers: answered } = response;
    return { status, headers: answered, body: Buffer.concat(chunks) };
  } finally {
    server.close();
  }
}

describe('/metrics', () => {
  it('the page, as plain text of the version that scrapers know', async () => {
    const { status, headers, body } = await scrape(() => Promise.resolve('a 1\n'));
    assert.equal(status, 200);
    assert.equal(body.toString(), 'a 1\n');
    assert.equal(
      headers['content-type'],
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    );
    assert.equal(headers['content-encoding'], undefined);
  });

  for (const accepted of ['gzip', 'deflate, gzip;q=0.5', 'gzip,zstd']) {
    it(`Accept-Encoding: ${accepted} -> compressed`, async () => {
      const { headers, body } = await scrape(() => Promise.resolve('a 1\n'), accepted);
      assert.equal(headers['content-encoding'], 'gzip');
      assert.equal(gunzipSync(body).toString(), 'a 1\n');
    });
  }

  for (const accepted of ['identity', 'gzip;q=0', 'xgzip']) {
    it(`Accept-Encoding: ${accepted} -> as it is`, async () => {
      const { headers, body } = await scrape(() => Promise.resolve('a 1\n'), accepted);
      assert.equal(headers['content-encoding'], undefined);
      assert.equal(body.toString(), 'a 1\n');
    });
  }

  it('a page that cannot be made -> 500 and why', async () => {
    const { status, body } = await scrape(() => Promise.reject(new TypeError('no disk')));
    assert.equal(status, 500);
    assert.match(body.toString(), /no disk/);
  });
});
