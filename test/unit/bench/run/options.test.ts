import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { parseOptions } from '../../../../bench/run/options.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';

const refuses = (...argv: string[]): void => {
  assert.throws(
    () => parseOptions(argv),
    (error) => error instanceof BenchError && error.code === 'BENCH_OPTIONS',
    argv.join(' '),
  );
};

describe('parseOptions', () => {
  it('nothing -> every workload but failover, real etcd first, a serious number of requests', () => {
    const options = parseOptions([]);
    const names = WORKLOADS.map(({ name }) => name).filter((name) => name !== 'failover');
    assert.deepEqual(options.workloads, names);
    assert.deepEqual(options.servers, ['etcd', 'etcd-ts']);
    assert.ok(options.keys >= 100_000 && options.total >= 100_000 && options.rounds >= 3);
  });

  it('everything given -> taken over', () => {
    const argv = '--workloads txn,put --servers trivial --conns 1 --streams=2 --value-size 1024';
    const options = parseOptions([...argv.split(' '), '--endpoint', 'h:1', '--pid', '7', '--pin']);
    assert.deepEqual(options.workloads, ['txn', 'put']);
    assert.deepEqual(options.servers, ['trivial']);
    assert.equal(options.connections * options.streams, 2);
    assert.equal(options.valueBytes, 1024);
    assert.deepEqual(options.endpoint, { host: 'h', port: 1 });
    assert.equal(options.pid, 7);
    assert.equal(options.pin, true);
  });

  it('a server that runs already -> no no-op workload, and memory only with its pid', () => {
    const names = (...argv: string[]): readonly string[] =>
      parseOptions(['--endpoint', 'h:1', ...argv]).workloads;
    const some = names();
    assert.ok(some.includes('put') && !some.includes('no-op') && !some.includes('watch-streams'));
    const more = names('--pid', '7');
    assert.ok(!more.includes('no-op') && more.includes('watch-streams'));
    assert.ok(more.includes('snapshot') && !some.includes('snapshot'));
    assert.ok(!more.includes('restart'), 'it is not ours to stop');
    refuses('--endpoint', 'h:1', '--workloads', 'put,no-op');
    refuses('--endpoint', 'h:1', '--workloads', 'idle-connections');
  });

  it('flags of the servers -> one by one', () => {
    assert.deepEqual(parseOptions([]).serverFlags, []);
    const { serverFlags } = parseOptions(['--server-flags=--quota-backend-bytes=1  --pre-vote']);
    assert.deepEqual(serverFlags, ['--quota-backend-bytes=1', '--pre-vote']);
  });

  it('clusters -> workloads on a store, and failover if one can be missed', () => {
    const three = parseOptions(['--members', '3']).workloads;
    assert.ok(three.includes('put') && three.includes('failover'));
    assert.ok(!three.includes('no-op') && !three.includes('watch-streams'));
    assert.ok(!parseOptions(['--members', '2']).workloads.includes('failover'));
    refuses('--workloads', 'failover');
    refuses('--members', '3', '--workloads', 'idle-connections');
    for (const one of [['--pin'], ['--endpoint', 'h:1'], ['--servers', 'trivial']]) {
      refuses('--members', '3', ...one);
    }
  });

  it('what cannot be -> BENCH_OPTIONS', () => {
    refuses('--workloads', 'put,nothing');
    refuses('--servers', 'zookeeper');
    refuses('--transports', 'http/3');
    refuses('--idle-conns', '0');
    refuses('--unknown');
    refuses('--total', 'many');
    refuses('--rounds', '0');
    refuses('--members', '0');
    refuses('--kills', '0');
    refuses('--snapshot-ms', '0');
    refuses('--key-size', '8');
    refuses('--keys', '99');
    refuses('--watchers', '100001');
    refuses('--endpoint', 'nowhere');
    refuses('--pid', '7');
  });
});
