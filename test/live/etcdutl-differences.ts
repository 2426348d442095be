/**
 * Where `etcdutl-ts`, which has the 3.6 line's command lines, answers otherwise than the etcdutl of
 * 3.5, and where it answers otherwise than any etcdutl. Any other difference fails.
 *
 * Rewritten before comparing: our name, and of each log line its time and the place in the source; of
 * etcdutl alone the lines in which bbolt tells of opening its file.
 */

/** A command as it ended: code, standard output and standard error. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface KnownDifference {
  readonly why: string;
  /** Of the command line. */
  readonly line: RegExp;
  readonly etcd: RegExp;
  readonly ours: RegExp;
}

const SINCE_36: readonly KnownDifference[] = [
  {
    why: 'who it is',
    line: /version/,
    etcd: /^0\netcdutl version: 3\.5\.30\nAPI version: 3\.5\n$/,
    ours: /^0\netcdutl version: 3\.6\.14\nAPI version: 3\.6\n$/,
  },
  {
    why: 'the commands of 3.5 are not those of 3.6, nor those that we have beside them',
    line: /^(help|help nope|--nope|-h version|)$/,
    etcd: /Available Commands:\n {2}backup .*\n {2}check /,
    ours: /Available Commands:\n/,
  },
  {
    why: 'status tells the version, and counts the keys that are there instead of all rows',
    line: /^snapshot status \S+( -w (simple|json|fields))?$/,
    etcd: /^0\n/,
    ours: /^0\n/,
  },
  {
    why: 'the table library of 3.6 draws other lines',
    line: /^snapshot status \S+ -w table$/,
    etcd: /^0\n┌─/,
    ours: /^0\n\+-/,
  },
  {
    why: '--data-dir of restore has a default since 3.6, the name of the member',
    line: /^snapshot restore( \S+ --(bump-revision 5|mark-compacted|name foo))?$/,
    etcd: /Error: required flag\(s\) "data-dir" not set\n/,
    ours: /Error: /,
  },
  {
    why: 'status looks for the file first since 3.6',
    line: /^snapshot -w=xx status missing$/,
    etcd: /^4\nError: unsupported output format\n$/,
    ours: /^1\nError: stat missing: no such file or directory\n$/,
  },
  {
    why: 'hashkv is new in 3.6',
    line: /^hashkv/,
    etcd: /unknown command "hashkv"/,
    ours: /./,
  },
  {
    why: 'completion was that of the cobra library in 3.5',
    line: /^completion/,
    etcd: /^0\nUsage:\n {2}etcdutl completion \[command\]\n/,
    ours: /./,
  },
  {
    why: 'defrag panicked in 3.5',
    line: /^defrag --data-dir=missing$/,
    etcd: /panic/,
    ours: /^1\nError: Failed to defragment etcd data\[missing\] \(stat missing\/member\/snap\/db: no such file or directory\)\n$/,
  },
];

const OURS: readonly KnownDifference[] = [
  {
    why: 'nothing is mapped into memory here',
    line: /^snapshot restore (-h|x --skip-hash-check=maybe)$/,
    etcd: /Initial memory map size of the database in bytes/,
    ours: /Accepted without effect: no file is mapped into memory/,
  },
  {
    why: 'what is wrong with the file is said',
    line: /^snapshot status (tiny|folder)/,
    etcd: /^1\nError: invalid database\n$/,
    ours: /^1\nError: (invalid database: |read folder: is a directory\n)/,
  },
  {
    why: 'bbolt tries to begin a database in an empty file',
    line: /^snapshot status empty/,
    etcd: /^1\nError: write empty.db: bad file descriptor\n$/,
    ours: /^1\nError: invalid database: no valid meta page\n$/,
  },
  {
    why: 'a file that is cut off is told; bbolt reads behind its end and dies',
    line: /^snapshot status cut/,
    etcd: /^2\n(unexpected fault address |panic: assertion failed: Page expected to be: )/,
    ours: /^1\nError: invalid database: \d+ bytes where the meta page counts \d+\n$/,
  },
];

/** Whether the two differ just as a table says they must. */
export function isKnownDifference(line: string, etcd: Outcome, ours: Outcome): boolean {
  return [...SINCE_36, ...OURS].some(
    (known) =>
      known.line.test(line) && known.etcd.test(textOf(etcd)) && known.ours.test(textOf(ours)),
  );
}

function textOf({ code, stdout, stderr }: Outcome): string {
  return `${code}\n${stdout}${stderr}`;
}

const LOG_LINE = /^\d{4}-[\dT:-]+(?:Z|[+-]\d\d:\d\d)\t(\w+)\t[^\t\n]+\t/gm;

/** What is compared of one that ended. */
export function comparable({ code, stdout, stderr }: Outcome): Outcome {
  return { code, stdout: rewritten(stdout), stderr: rewritten(stderr) };
}

function rewritten(text: string): string {
  return text
    .replaceAll('etcdutl-ts', 'etcdutl')
    .replace(LOG_LINE, '$1\t')
    .replace(/^info\tOpening (db file|bbolt db) .*\n/gm, '')
    .replace(/"took": "[^"]*"/g, '"took": "…"');
}
