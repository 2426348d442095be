/**
 * What an etcdctl user does, as data: the same steps run against real etcd and against us, and
 * every byte of what etcdctl prints must be the same.
 */

/** One command; `{name}` in an argument stands for what an earlier step captured under that name. */
export interface CommandStep {
  readonly args: readonly string[];
  readonly input?: string;
  /** Keeps group 1 of `pattern` in the output under `name` (ids differ from run to run). */
  readonly capture?: { readonly name: string; readonly pattern: RegExp };
  /** Rewrites what may differ; each use is listed with its reason in `known-differences.ts`. */
  readonly normalise?: (output: string) => string;
}

/** A watch (or lease keep-alive) left running while other commands are made. */
export interface LiveStep {
  readonly live: readonly string[];
  readonly input?: string;
  readonly during: readonly CommandStep[];
  /** Lines after which the watch has shown all that it should. */
  readonly lines: number;
  readonly normalise?: (output: string) => string;
}

export type Step = CommandStep | LiveStep;

const cmd = (line: string): CommandStep => ({ args: words(line) });

/** Splits at spaces; a single-quoted part is one word. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

const PUTS_AND_GETS: Step[] = [
  cmd('get nothing'),
  cmd('get nothing -w json'),
  cmd('put foo bar'),
  cmd('put foo bar2 --prev-kv'),
  cmd('put foo bar3 -w json'),
  cmd('put foo bar4 --prev-kv -w fields'),
  cmd('get foo'),
  cmd('get foo -w json'),
  cmd('get foo -w fields'),
  cmd('get foo --print-value-only'),
  cmd('get foo --keys-only'),
  cmd('get foo --keys-only -w json'),
  cmd('get foo --hex'),
  cmd('get foo --rev=2'),
  cmd('get foo --rev=3 -w json'),
  cmd('get foo --rev=99'),
  cmd('get foo --rev=-1'),
  cmd('get foo --consistency=s'),
  cmd('get foo --consistency=l -w protobuf'),
  cmd('put foo --ignore-value'),
  cmd('put foo --ignore-value --prev-kv -w json'),
  cmd('put nokey --ignore-value'),
  cmd('put nokey --ignore-lease v'),
  cmd("put '' value"),
  cmd("get ''"),
  cmd("put empty ''"),
  cmd('get empty -w json'),
  { args: ['put', 'stdin'], input: 'from standard input' },
  cmd('get stdin'),
  { args: ['put', 'binary'], input: '\u0000\u0001\u00ff' },
  cmd('get binary --hex'),
];

const RANGES: Step[] = [
  ...['a', 'a1', 'a2', 'a3', 'b', 'b1', 'c', 'ab'].map((key) => cmd(`put ${key} value-of-${key}`)),
  cmd('put a2 second'),
  cmd('put a2 third'),
  cmd('get a --prefix'),
  cmd('get a --prefix -w json'),
  cmd('get a b'),
  cmd('get a b --keys-only'),
  cmd('get b a'),
  cmd('get a a'),
  cmd('get b --from-key'),
  cmd('get b --from-key --keys-only -w json'),
  cmd("get '' --prefix --keys-only"),
  cmd("get '' --from-key --count-only -w fields"),
  cmd('get a --prefix --limit=2'),
  cmd('get a --prefix --limit=2 -w json'),
  cmd('get a --prefix --limit=5 -w json'),
  cmd('get a --prefix --limit=100 -w json'),
  cmd('get a --prefix --count-only'),
  cmd('get a --prefix --count-only -w fields'),
  cmd('get a --prefix --count-only --limit=1 -w json'),
  ...['CREATE', 'KEY', 'MODIFY', 'VALUE', 'VERSION'].flatMap((target) =>
    ['ASCEND', 'DESCEND'].map((order) =>
      cmd(`get a --prefix --sort-by=${target} --order=${order} -w json`),
    ),
  ),
  cmd('get a --prefix --sort-by=MODIFY --order=DESCEND --limit=2 -w json'),
  cmd('get a --prefix --sort-by=VERSION --limit=2 -w json'),
  cmd('get a --prefix --order=DESCEND --limit=1'),
  cmd('get a --prefix --rev=8 -w json'),
  cmd('get a --prefix --rev=8 --limit=1 -w json'),
  cmd('get a --prefix --rev=8 --count-only -w fields'),
  cmd('get a --prefix --rev=10 --keys-only -w json'),
];

const DELETES: Step[] = [
  cmd('del nothing'),
  cmd('del nothing -w json'),
  cmd('del a1'),
  cmd('del a1'),
  cmd('del a2 --prev-kv'),
  cmd('put a2 reborn -w json'),
  cmd('get a2 -w json'),
  cmd('del a --prefix --prev-kv -w json'),
  cmd('get a --prefix -w json'),
  cmd('get a --prefix --rev=12 --keys-only'),
  cmd('del b c'),
  cmd('del c b'),
  cmd("del ''"),
  cmd('del zz --from-key'),
];

const TXN_INPUTS: string[] = [
  'value("foo") = "bar4"\n\nput foo won\nget foo\n\nput foo lost\n\n',
  'value("foo") = "nope"\n\nput foo won\n\nget foo\ndel foo\n\n',
  'version("none") = "0"\n\nput none 1\n\n\n',
  'create("none") > "0"\nmod("none") > "1"\n\nget none\n\n\n',
  'mod("none") < "1"\n\nget none\n\nget none -w json\n\n',
  'value("absent") = ""\n\nput yes 1\n\nput no 1\n\n',
  'value("absent") != "x"\n\nput yes 1\n\nput no 1\n\n',
  '\nput dup 1\nput dup 2\n\n\n',
  '\nput t1 1\ndel t1\n\n\n',
  '\ndel t --prefix\nget foo\n\n\n',
  '\nput t1 1\nput t2 2\nget t --prefix\n\n\n',
  '\ndel t --prefix --prev-kv\n\n\n',
  '\nget foo --rev=1\nput never 1\n\n\n',
  '\nget foo --rev=9999\nput never 1\n\n\n',
  'badcompare\n\n\n\n',
  '\n\n\n',
];

const TXNS: Step[] = [
  cmd('put foo bar4'),
  ...TXN_INPUTS.map((input) => ({ args: ['txn'], input })),
  ...TXN_INPUTS.map((input) => ({ args: ['txn', '-w', 'json'], input })),
  ...TXN_INPUTS.slice(0, 4).map((input) => ({ args: ['txn', '-i'], input })),
  cmd('get never'),
];

const LEASE_ID = { name: 'lease', pattern: /lease (\w{16}) granted/ };

/** The remaining time falls while the test runs; etcd lists the keys of a lease in no order. */
const withoutRemaining = (output: string): string =>
  output
    .replace(/remaining\(\d+s\)/g, 'remaining(N)')
    .replace(/"ttl":\d+/g, '"ttl":N')
    .replace(/attached keys\(\[(.*?)\]\)/g, (_whole, keys: string) => {
      return `attached keys([${keys.split(' ').sort().join(' ')}])`;
    });

/** `endpoint health` prints how long it took. */
const withoutDuration = (output: string): string => output.replace(/took = \S+/g, 'took = N');

const LEASES: Step[] = [
  { args: words('lease grant 100'), capture: LEASE_ID },
  cmd('put leased one --lease={lease}'),
  cmd('put leased2 two --lease={lease} -w json'),
  { args: words('lease timetolive {lease}'), normalise: withoutRemaining },
  { args: words('lease timetolive {lease} --keys'), normalise: withoutRemaining },
  { args: words('get leased -w json') },
  cmd('put leased again --ignore-lease'),
  cmd('get leased -w fields'),
  cmd('put leased2 free'),
  { args: words('lease timetolive {lease} --keys'), normalise: withoutRemaining },
  cmd('lease list'),
  cmd('lease keep-alive --once {lease}'),
  cmd('lease revoke {lease}'),
  cmd('lease revoke {lease}'),
  cmd('lease timetolive {lease}'),
  cmd('lease keep-alive --once {lease}'),
  cmd('get leased -w json'),
  cmd('get leased2 -w json'),
  cmd('put nolease v --lease=1234'),
  { args: words('lease grant 0'), capture: LEASE_ID },
  { args: words('lease grant 9000000001') },
  { args: words('lease grant -w json 50'), capture: { name: 'jsonLease', pattern: /"id":(\d+)/i } },
];

const COMPACTION: Step[] = [
  cmd('put k v1'),
  cmd('put k v2'),
  cmd('del k'),
  cmd('put k v3'),
  cmd('compaction 20'),
  cmd('compaction 20'),
  cmd('compaction 10'),
  cmd('compaction 99999'),
  cmd('get foo --rev=10'),
  cmd('get foo --rev=20 -w json'),
  cmd('compaction 30 --physical'),
  cmd('get k --rev=29'),
  cmd('get k -w json'),
];

const WATCHES: Step[] = [
  { live: words('watch w'), during: [cmd('put w 1'), cmd('put w 2'), cmd('del w')], lines: 9 },
  {
    live: words('watch w --prefix --prev-kv'),
    during: [cmd('put w1 1'), cmd('put w1 2'), cmd('put x 1'), cmd('del w1')],
    lines: 13,
  },
  { live: words('watch w --prefix --rev=54'), during: [cmd('put w5 5')], lines: 18 },
  { live: words('watch w --prefix --rev=54 --prev-kv -w json'), during: [], lines: 1 },
  {
    live: words('watch w x'),
    during: [cmd('put w2 1'), cmd('put x 1'), cmd('put wz 1')],
    lines: 6,
  },
  { live: words('watch foo --rev=2'), during: [], lines: 2 },
  { live: words('watch x w'), during: [], lines: 2 },
  { live: words('watch w --prefix -w fields'), during: [cmd('put w9 9')], lines: 11 },
  {
    live: ['watch', '-i'],
    input: 'watch i1\nwatch i2 --prefix\n',
    during: [cmd('put i1 1'), cmd('put i2a 2')],
    lines: 6,
  },
];

const CLUSTER: Step[] = [
  cmd('member list'),
  cmd('member list -w json'),
  cmd('member list -w table'),
  { args: words('endpoint health'), normalise: withoutDuration },
  cmd('alarm list'),
  cmd('alarm disarm'),
];

const ADDED = /Member +([0-9a-f]{1,16}) added/;

/** Ids of added members depend on the time; the order of members, on the ids. */
function withoutAddedIds(output: string): string {
  return output
    .replace(/\bMember +[0-9a-f]+/g, 'Member ID')
    .replace(/\b[0-9a-f]{13,16}\b/g, 'ID')
    .replace(/(?<=INITIAL_CLUSTER=")[^"]*/g, (list) => list.split(',').sort().join(','))
    .split('\n')
    .sort()
    .join('\n');
}

const member = (line: string): CommandStep => ({
  args: words(`member ${line}`),
  normalise: withoutAddedIds,
});

const MEMBERS: Step[] = [
  member('add b'),
  member('add b --learner --peer-urls=foo'),
  member('remove 5'),
  member('remove nonsense'),
  member('promote 5'),
  member('update 5 --peer-urls=http://127.0.0.1:1'),
  {
    ...member('add b --learner --peer-urls=http://127.0.0.1:2,http://127.0.0.1:1'),
    capture: { name: 'added', pattern: ADDED },
  },
  member('list'),
  member('add c --learner --peer-urls=http://127.0.0.1:3'),
  member('add c --peer-urls=http://127.0.0.1:1'),
  member('promote {added}'),
  member('update {added} --peer-urls=http://127.0.0.1:4'),
  member('list'),
  member('remove {added}'),
  member('remove {added}'),
  member('list'),
];

/** Every step in order; revisions carry over from one group to the next. */
export const SCRIPT: readonly Step[] = [
  ...PUTS_AND_GETS,
  ...RANGES,
  ...DELETES,
  ...TXNS,
  ...LEASES,
  ...COMPACTION,
  ...WATCHES,
  ...CLUSTER,
  ...MEMBERS,
];
