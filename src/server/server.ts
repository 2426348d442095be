/**
 * One member as a process runs it: the only place that ties the modules to each other and to
 * Node. Start order: bind the ports, open the storage, restore, take part in raft, serve.
 */
import { resolve } from 'node:path';
import { defined, InvariantError } from '../base/assert.ts';
import { CallCounters } from '../grpc/index.ts';
import type { LogWriter } from '../wal/index.ts';
import { ClientRequests } from './api/client-requests.ts';
import { LeaderWatch } from './api/leader-watch.ts';
import { OpenCalls } from './api/open-calls.ts';
import { serviceTable } from './api/service-table.ts';
import { type Config, requestTimeoutMs } from './config/config.ts';
import { urlTexts } from './config/member-url.ts';
import { initialCheck } from './corruption/initial-check.ts';
import { askPeersOver } from './corruption/peer-hashes.ts';
import { httpHandler } from './gateway/http-handler.ts';
import { memberHealth } from './gateway/member-health.ts';
import type { VersionView } from './gateway/version.ts';
import { dnsResolver } from './io/dns-resolver.ts';
import { growingFiles } from './io/growing-file.ts';
import { HttpLeaderRequests } from './io/http-leader-requests.ts';
import { HttpRemoteCluster } from './io/http-remote-cluster.ts';
import { HttpRemoteHashes } from './io/http-remote-hashes.ts';
import { ThreadImage } from './io/image-thread.ts';
import { LevelBackend } from './io/level-backend.ts';
import { linuxFileLocks } from './io/linux-file-locks.ts';
import type { NamedLogger } from './io/logger.ts';
import { NodeFileSystem } from './io/node-file-system.ts';
import { PasswordThreads } from './io/password-threads.ts';
import { realClock } from './io/real-clock.ts';
import { realRandom } from './io/real-random.ts';
import { realScheduler } from './io/real-scheduler.ts';
import { type OpenBackend, openStateDir, stageState } from './io/state-dir.ts';
import { PeerTls } from './io/tls/peer-tls.ts';
import { WalThread } from './io/wal-thread.ts';
import { Member } from './member.ts';
import type { MemberOptions, PeerEnds } from './member-options.ts';
import { MemberPorts, type PortHandlers } from './member-ports.ts';
import type { MemberState } from './member-state.ts';
import { hexId } from './membership/member.ts';
import { BackendMeters } from './metrics/backend-meters.ts';
import type { DiskMeters } from './metrics/disk-series.ts';
import { memberMetrics } from './metrics/member-metrics.ts';
import { WalMeters } from './metrics/wal-meters.ts';
import { HttpPeerTransport } from './peer/http-peer-transport.ts';
import { memberServices } from './peer/serve/member-services.ts';
import { peerHttpHandler } from './peer/serve/peer-http-handler.ts';
import { askVersionsOf } from './storage/ask-versions.ts';
import { bootstrap } from './storage/bootstrap.ts';
import { type BootstrapPlan, planBootstrap } from './storage/bootstrap-plan.ts';
import { forceNewCluster } from './storage/force-new-cluster.ts';
import { type OpenedStorage, openStorage } from './storage/open-storage.ts';

/** How long running calls may go on when the server stops. */
const SHUTDOWN_GRACE_MS = 2000;
/** What large values may make of the log in memory before a snapshot cuts it. */
const LOG_BYTES_MAX = 64 * 1024 * 1024;

export class Server {
  /** Rejects when the member cannot go on; the process has to end then. */
  readonly failed: Promise<never>;
  readonly #logger: NamedLogger;
  readonly #fail: (error: unknown) => void;
  readonly #calls = new OpenCalls();
  readonly #disk: DiskMeters = { wal: new WalMeters(), backend: new BackendMeters() };
  #peerTls: PeerTls | undefined;
  readonly #dialTls = () => defined(this.#peerTls, 'it is read at the start').connectionOptions();
  readonly #remote = new HttpRemoteCluster(this.#dialTls);
  #leaderWatch: LeaderWatch | undefined;
  #passwords: PasswordThreads | undefined;
  #leaderRequests: HttpLeaderRequests | undefined;
  #remoteHashes: HttpRemoteHashes | undefined;
  #transport: HttpPeerTransport | undefined;
  #member: Member | undefined;
  #ports: MemberPorts | undefined;
  #bootstrapPlan: Promise<BootstrapPlan> | undefined;

  /** Starts a member; resolves when it serves clients. Rejects with what stands in the way. */
  static async start(config: Config, logger: NamedLogger): Promise<Server> {
    const server = new Server(logger);
    try {
      await Promise.race([server.#start(config), server.failed]);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(logger: NamedLogger) {
    this.#logger = logger;
    let fail: (error: unknown) => void = () => undefined;
    this.failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    // Whoever awaits it hears of a failure; nobody awaiting it yet is no error of its own.
    this.failed.catch(() => undefined);
    this.#fail = fail;
  }

  /** Lets running calls end, puts everything on disk, lets go of ports and files. */
  async stop(): Promise<void> {
    await this.#member?.handOver();
    this.#ports?.stopAccepting();
    this.#leaderWatch?.stop();
    this.#calls.endAll();
    await this.#ports?.close(SHUTDOWN_GRACE_MS);
    this.#leaderRequests?.close();
    this.#remoteHashes?.close();
    await this.#passwords?.close();
    await this.#transport?.stop();
    await this.#member?.stop();
  }

  async #start(config: Config): Promise<void> {
    this.#peerTls = await PeerTls.open(config.peerTls, this.#logger);
    this.#ports = await MemberPorts.open(config, this.#peerTls, this.#logger);
    const storage = await this.#openStorage(config);
    this.#member = await this.#startMember(config, storage);
    const transport = defined(this.#transport, 'a member is connected when it has started');
    const handlers = this.#handlers(config, this.#member, transport);
    this.#ports.servePeers(handlers);
    await this.#member.published;
    this.#ports.serveClients(handlers);
  }

  async #openStorage(config: Config): Promise<OpenedStorage> {
    const logger = this.#logger.named('storage');
    const { unsafeNoFsync } = config;
    const files = new NodeFileSystem({ unsafeNoFsync });
    const openLevel: OpenBackend<LevelBackend> = (folder, mode) =>
      LevelBackend.open(folder, mode, { unsafeNoFsync, meters: this.#disk.backend });
    const storage = await openStorage(
      {
        dataDir: resolve(config.dataDir),
        walDir: config.walDir === '' ? undefined : resolve(config.walDir),
        learnersMax: config.learnersMax,
        identity: () => this.#plan(config),
      },
      {
        files,
        logger,
        openBackend: (path) => openStateDir(path, files, openLevel),
        stageBackend: (path) => stageState(path, files, openLevel),
        locks: linuxFileLocks,
        yieldTurn: () => new Promise((resume) => realScheduler.defer(resume)),
      },
    );
    logger.info('opened storage', {
      'local-member-id': hexId(storage.member),
      'cluster-id': hexId(storage.cluster),
      'consistent-index': storage.meta.consistentIndex,
      'log-entries': storage.entries.length,
      'snapshot-index': storage.snapshot.index,
    });
    return storage;
  }

  async #startMember(config: Config, opened: OpenedStorage): Promise<Member> {
    const log = new WalThread({
      position: opened.position,
      snapshotDirectory: opened.snapshotDirectory,
      logger: this.#logger.named('wal'),
      meters: this.#disk.wal,
      unsafeNoFsync: config.unsafeNoFsync,
      onFatal: this.#fail,
    });
    const storage = await this.#begun(config, opened, log);
    const plan = await this.#bootstrapPlan;
    this.#leaderRequests = new HttpLeaderRequests(requestTimeoutMs(config), this.#dialTls);
    this.#remoteHashes = new HttpRemoteHashes(requestTimeoutMs(config), this.#dialTls);
    return Member.start(memberOptions(config), storage, {
      logger: this.#logger.named('member'),
      clock: realClock,
      scheduler: realScheduler,
      random: realRandom,
      log,
      connect: (ends) => this.#connect(config, storage, ends),
      others: plan?.others ?? [],
      images: {
        ...opened,
        createFile: growingFiles({ unsafeNoFsync: config.unsafeNoFsync }),
      },
      makeImage: ThreadImage.open,
      former: opened.former,
      atLeader: this.#leaderRequests,
      askVersions: askVersionsOf(this.#remote, requestTimeoutMs(config)),
      remoteHashes: this.#remoteHashes,
      inspect: (state) => this.#inspect(config, opened, state),
      fatal: this.#fail,
    });
  }

  /** Compares what a member has from its former life with what the others have, if asked to. */
  async #inspect(config: Config, { isNew }: OpenedStorage, state: MemberState): Promise<void> {
    if (isNew || !config.initialCorruptCheck) return;
    const logger = this.#logger.named('member');
    const remote = defined(this.#remoteHashes, 'it is there when a member starts');
    try {
      const askPeers = askPeersOver(remote, logger);
      await initialCheck(state, requestTimeoutMs(config), { askPeers, logger });
    } catch (error) {
      logger.error('checkInitialHashKV failed', { error });
      await state.store.close();
      throw error;
    }
  }

  /** The storage with a log that has begun: whose and how is decided by flags for a new one only. */
  async #begun(config: Config, opened: OpenedStorage, log: LogWriter): Promise<OpenedStorage> {
    if (opened.isNew) return bootstrap(opened, await this.#plan(config), log);
    if (!config.forceNewCluster) return opened;
    this.#logger.info('forcing restart member', { 'local-member-id': hexId(opened.member) });
    return forceNewCluster(opened, urlTexts(config.initialAdvertisePeerUrls), log);
  }

  /** Made once: other members are asked for it. */
  #plan(config: Config): Promise<BootstrapPlan> {
    this.#bootstrapPlan ??= planBootstrap(config, { names: dnsResolver, remote: this.#remote });
    return this.#bootstrapPlan;
  }

  /** The connections to the other members, made when the member asks for them. */
  #connect(config: Config, storage: OpenedStorage, ends: PeerEnds): HttpPeerTransport {
    const { electionTicks, heartbeatIntervalMs } = config;
    this.#transport = new HttpPeerTransport(
      {
        memberId: storage.member,
        clusterId: storage.cluster,
        peerURLs: urlTexts(config.initialAdvertisePeerUrls),
        dialTimeoutMs: 1000 + electionTicks * heartbeatIntervalMs,
        tls: this.#dialTls,
      },
      {
        clock: realClock,
        scheduler: realScheduler,
        logger: this.#logger.named('peers'),
        ...ends,
      },
    );
    return this.#transport;
  }

  #handlers(config: Config, member: Member, transport: HttpPeerTransport): PortHandlers {
    const options = {
      trustsCommonNames: config.clientTls?.clientCertAuth ?? false,
      txnOpsMax: config.txnOperationsMax,
      progressIntervalMs: config.watchProgressNotifyIntervalMs,
    };
    const requests = new ClientRequests();
    this.#passwords = new PasswordThreads({ cost: config.bcryptCost });
    const table = serviceTable(options, {
      member,
      scheduler: realScheduler,
      random: realRandom,
      passwords: this.#passwords,
      calls: this.#calls,
      requests,
    });
    this.#leaderWatch = new LeaderWatch(
      { electionTimeoutMs: config.electionTicks * config.heartbeatIntervalMs },
      { scheduler: realScheduler, raft: member.raft, calls: this.#calls },
    );
    const counters = new CallCounters({ isTimed: config.hasExtensiveMetrics });
    const version = versionView(member);
    return {
      table,
      http: httpHandler({
        health: memberHealth(member),
        version,
        metrics: memberMetrics({
          member,
          table,
          calls: counters,
          requests,
          peers: transport.meters,
          disk: this.#disk,
        }),
      }),
      peerHttp: peerHttpHandler({
        transport,
        snapshots: member.snapshots,
        services: memberServices(member, version),
        clock: realClock,
        scheduler: realScheduler,
        logger: this.#logger.named('peers'),
        onHandlerError: (error, path) => this.#handlerFailed(error, path),
      }),
      counters,
      onHandlerError: (error, path) => this.#handlerFailed(error, path),
    };
  }

  /** An invariant of ours that broke stops the member; anything else ends the one call only. */
  #handlerFailed(error: unknown, path: string): void {
    this.#logger.error('a request handler failed', { path, error });
    if (error instanceof InvariantError) this.#member?.fatal(error);
  }
}

function memberOptions(config: Config): MemberOptions {
  return {
    attributes: {
      name: config.name,
      clientURLs: config.advertiseClientUrls.map((url) => url.text),
    },
    tickMs: config.heartbeatIntervalMs,
    electionTicks: config.electionTicks,
    preVote: config.preVote,
    advancesElectionTicks: config.initialElectionTickAdvance,
    isReconfigurationStrict: config.strictReconfigCheck,
    learnersMax: config.learnersMax,
    downgradeCheckIntervalMs: config.downgradeCheckIntervalMs,
    corruptCheckIntervalMs: config.corruptCheckIntervalMs,
    compactHashCheckIntervalMs: config.compactHashCheckIntervalMs,
    requestBytesMax: config.requestBytesMax,
    tokenTtlMs: config.authTokenTtlMs,
    quotaBytes: config.quotaBackendBytes,
    batchIntervalMs: config.backendBatchIntervalMs,
    batchOperationsMax: config.backendBatchOperationsMax,
    compactionRetention: config.compactionRetention,
    compactionBatchLimit: config.compactionBatchLimit,
    compactionPauseMs: config.compactionSleepIntervalMs,
    slowMs: config.warningApplyDurationMs,
    snapshots: {
      entries: config.snapshotCount,
      catchUpEntries: config.snapshotCatchUpEntries,
      logBytesMax: LOG_BYTES_MAX,
      segmentsMax: config.walFilesMax,
      snapshotsMax: config.snapshotFilesMax,
    },
  };
}

function versionView(member: Member): VersionView {
  return {
    get clusterVersion() {
      return member.cluster.version;
    },
    get storageVersion() {
      return member.cluster.storageVersion;
    },
  };
}
