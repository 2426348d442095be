/** How the states of members get to one another: out and in as images, and put in place. */
import type { LogIndex } from '../base/ids.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { SnapshotExchange } from '../base/ports/peer-transport.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import type { Message } from '../pb/index.ts';
import type { ImagePorts } from './member-options.ts';
import { StateInstaller, type StateInstallerPorts } from './node/state-installer.ts';
import { NO_SNAPSHOTS } from './peer/no-snapshots.ts';
import { ImageExchange } from './snapshot-image/image-exchange.ts';
import type { StateImage } from './snapshot-image/state-image.ts';

export interface MemberImages {
  readonly exchange: SnapshotExchange<Message>;
  /** Undefined for a member that takes in no states. */
  readonly installer: StateInstaller | undefined;
}

export interface MemberImagesPorts
  extends Pick<StateInstallerPorts, 'restore' | 'replace' | 'fatal'> {
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly stateImage: () => Promise<StateImage>;
  readonly appliedIndex: () => LogIndex;
}

export function memberImages(
  images: ImagePorts | undefined,
  ports: MemberImagesPorts,
): MemberImages {
  if (images === undefined) return { exchange: NO_SNAPSHOTS, installer: undefined };
  const { scheduler } = ports;
  const yieldTurn = (): Promise<void> => new Promise((resolve) => scheduler.defer(resolve));
  return {
    exchange: new ImageExchange({ ...ports, ...images, yieldTurn }),
    installer: new StateInstaller({ ...ports, ...images }),
  };
}
