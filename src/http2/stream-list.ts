import { assert } from '../base/assert.ts';
import type { Stream } from './stream.ts';

/** Streams in a row; each is in one list at most, and leaves it in constant time. */
export class StreamList {
  #first: Stream | undefined = undefined;
  #last: Stream | undefined = undefined;

  get first(): Stream | undefined {
    return this.#first;
  }

  add(stream: Stream): void {
    assert(stream.list === undefined, 'stream list: the stream is in a list');
    stream.list = this;
    stream.previous = this.#last;
    if (this.#last === undefined) this.#first = stream;
    else this.#last.next = stream;
    this.#last = stream;
  }

  remove(stream: Stream): void {
    assert(stream.list === this, 'stream list: the stream is not in it');
    const { previous, next } = stream;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    stream.previous = undefined;
    stream.next = undefined;
    stream.list = undefined;
  }

  checkInvariants(): void {
    let previous: Stream | undefined;
    for (let stream = this.#first; stream !== undefined; stream = stream.next) {
      assert(stream.list === this, 'stream list: a stream does not know its list');
      assert(stream.previous === previous, 'stream list: links do not agree');
      previous = stream;
    }
    assert(previous === this.#last, 'stream list: its last stream is not the last');
  }
}
