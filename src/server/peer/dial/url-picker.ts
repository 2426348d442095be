/** Which of a peer's URLs to use: one until it fails, then the next. */
import { assert, defined } from '../../../base/assert.ts';
import { type MemberUrl, parseMemberUrl } from '../../config/member-url.ts';

export class UrlPicker {
  #urls: readonly MemberUrl[];
  #picked = 0;

  constructor(urls: readonly MemberUrl[]) {
    assert(urls.length > 0, 'a peer has a URL');
    this.#urls = urls;
  }

  pick(): MemberUrl {
    return defined(this.#urls[this.#picked], 'one URL is picked');
  }

  /** Moves on if `url` is still the picked one: two failures of one URL do not skip another. */
  unreachable(url: MemberUrl): void {
    if (url === this.pick()) this.#picked = (this.#picked + 1) % this.#urls.length;
  }

  update(urls: readonly MemberUrl[]): void {
    assert(urls.length > 0, 'a peer has a URL');
    this.#urls = urls;
    this.#picked = 0;
  }
}

/** URLs sorted by text, as members are tried; throws CONFIG_VALUE for one that is none. */
export function parsePeerUrls(urls: readonly string[]): readonly MemberUrl[] {
  return [...urls].sort().map((url) => parseMemberUrl(url));
}
