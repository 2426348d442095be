import { join } from 'node:path';
import { checkedCluster, parseInitialCluster } from '../../config/initial-cluster.ts';
import { parseMemberUrl } from '../../config/member-url.ts';
import { restoreSnapshot } from '../../offline/restore-snapshot.ts';
import { type Call, type Command, CommandError, ExitCode, type Flag } from './command.ts';

const FLAGS: readonly Flag[] = [
  { name: 'data-dir', type: 'string', about: 'Path to the output data directory' },
  {
    name: 'wal-dir',
    type: 'string',
    about: 'Path to the WAL directory (use --data-dir if none given)',
  },
  {
    name: 'initial-cluster',
    type: 'string',
    about: 'Initial cluster configuration for restore bootstrap',
    defaultText: 'default=http://localhost:2380',
  },
  {
    name: 'initial-cluster-token',
    type: 'string',
    about: 'Initial cluster token for the etcd cluster during restore bootstrap',
    defaultText: 'etcd-cluster',
  },
  {
    name: 'initial-advertise-peer-urls',
    type: 'string',
    about: "List of this member's peer URLs to advertise to the rest of the cluster",
    defaultText: 'http://localhost:2380',
  },
  {
    name: 'name',
    type: 'string',
    about: 'Human-readable name for this member',
    defaultText: 'default',
  },
  {
    name: 'skip-hash-check',
    type: 'bool',
    about: 'Ignore snapshot integrity hash value (required if copied from data directory)',
  },
  {
    name: 'initial-memory-map-size',
    type: 'uint',
    about: 'Accepted without effect: no file is mapped into memory',
    defaultText: '10737418240',
  },
  {
    name: 'bump-revision',
    type: 'uint',
    about: 'How much to increase the latest revision after restore',
  },
  {
    name: 'mark-compacted',
    type: 'bool',
    about:
      'Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)',
  },
];

export const snapshotRestoreCommand: Command = {
  name: 'restore',
  takes: ' <filename> --data-dir {output dir} [options] [flags]',
  about: 'Restores an etcd member snapshot to an etcd directory',
  flags: FLAGS,
  commands: [],
  run,
};

async function run({ args, flags, ports, logger }: Call): Promise<void> {
  const [path] = args;
  if (path === undefined || args.length !== 1) {
    const text = 'snapshot restore requires exactly one argument';
    throw new CommandError(text, ExitCode.badArguments);
  }
  const bumpsRevision = flags.number('bump-revision');
  if (bumpsRevision > 0 !== flags.isSet('mark-compacted')) {
    const text = '--mark-compacted required if --revision-bump > 0';
    throw new CommandError(text, ExitCode.badArguments);
  }
  const name = flags.text('name');
  const dataDir = flags.text('data-dir') || `${name}.etcd`;
  const walDir = flags.text('wal-dir') || undefined;
  const options = {
    path,
    dataDir,
    walDir,
    cluster: await clusterOf({ flags, ports }),
    token: flags.text('initial-cluster-token'),
    skipsDigest: flags.isSet('skip-hash-check'),
    bumpsRevision,
    logFields: {
      path,
      'wal-dir': walDir ?? join(dataDir, 'member', 'wal'),
      'data-dir': dataDir,
      'snap-dir': join(dataDir, 'member', 'snap'),
      'initial-memory-map-size': flags.number('initial-memory-map-size'),
    },
  };
  await restoreSnapshot(options, { files: ports.files, logger });
}

function clusterOf({ flags, ports }: Pick<Call, 'flags' | 'ports'>) {
  const own = {
    name: flags.text('name'),
    initialClusterState: 'new' as const,
    initialAdvertisePeerUrls: flags
      .text('initial-advertise-peer-urls')
      .split(',')
      .map((url) => parseMemberUrl(url.trim())),
  };
  return checkedCluster(parseInitialCluster(flags.text('initial-cluster')), own, ports.names);
}
