/** What a store has done since the member was started, counted as etcd counts it. */
export class StoreCounters {
  /** Reads of a key or range, compares of transactions and reads of former values among them. */
  ranges = 0;
  puts = 0;
  /** Deletes of a key or range, whether they found something or not. */
  deletes = 0;
  /** Requests that did more than one of these. */
  txns = 0;
  /** Bytes of keys and values put. */
  putBytes = 0;
  #before = 0;

  /** A request begins. */
  begin(): void {
    this.#before = this.ranges + this.puts + this.deletes;
  }

  /** The request that began last has ended. */
  end(): void {
    if (this.ranges + this.puts + this.deletes > this.#before + 1) this.txns++;
  }
}
