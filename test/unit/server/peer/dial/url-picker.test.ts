import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePeerUrls, UrlPicker } from '../../../../../src/server/peer/dial/url-picker.ts';

describe('url picker', () => {
  const urls = parsePeerUrls(['http://b:1', 'http://a:1', 'unix://c']);

  it('stays with a URL until it fails, then takes the next, in order of their texts', () => {
    const picker = new UrlPicker(urls);
    const texts: string[] = [];
    for (let i = 0; i < 4; i++) {
      texts.push(picker.pick().text, picker.pick().text);
      picker.unreachable(picker.pick());
    }
    const [a, b, c] = ['http://a:1', 'http://b:1', 'unix://c'];
    assert.deepEqual(texts, [a, a, b, b, c, c, a, a]);
  });

  it('two failures of one URL -> move on once', () => {
    const picker = new UrlPicker(urls);
    const first = picker.pick();
    picker.unreachable(first);
    picker.unreachable(first);
    assert.equal(picker.pick().text, 'http://b:1');
  });

  it('updated -> begins anew', () => {
    const picker = new UrlPicker(urls);
    picker.unreachable(picker.pick());
    picker.update(parsePeerUrls(['http://d:1']));
    assert.equal(picker.pick().text, 'http://d:1');
  });

  it('what is no URL -> CONFIG_VALUE', () => {
    assert.throws(() => parsePeerUrls(['nonsense']), { code: 'CONFIG_VALUE' });
  });
});
