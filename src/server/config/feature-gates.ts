/** Feature gates of 3.6: `--feature-gates=A=true,B=false`. */
import { ConfigError } from './errors.ts';
import { quoted, readBoolean } from './go-values.ts';

interface GateSpec {
  readonly stage: 'alpha' | 'beta';
  readonly enabled: boolean;
  /** Whether there is anything to turn on and off. */
  readonly isBuilt?: true;
}

const GATES = {
  CompactHashCheck: { stage: 'alpha', enabled: false, isBuilt: true },
  InitialCorruptCheck: { stage: 'alpha', enabled: false, isBuilt: true },
  LeaseCheckpoint: { stage: 'alpha', enabled: false },
  LeaseCheckpointPersist: { stage: 'alpha', enabled: false },
  SetMemberLocalAddr: { stage: 'alpha', enabled: false },
  StopGRPCServiceOnDefrag: { stage: 'alpha', enabled: false },
  TxnModeWriteWithSharedBuffer: { stage: 'beta', enabled: true },
} as const satisfies Readonly<Record<string, GateSpec>>;

export type FeatureGate = keyof typeof GATES;

export const FEATURE_GATES: readonly FeatureGate[] = Object.keys(GATES) as FeatureGate[];

/** Sets every gate of one stage that is not set by its own name. */
const STAGE_GATES: Readonly<Record<string, GateSpec['stage']>> = {
  AllAlpha: 'alpha',
  AllBeta: 'beta',
};

/** Gates as set by the operator, by name; {@link gateEnabled} fills in the rest. */
export type GateSettings = Readonly<Record<string, boolean>>;

/** Reads `A=true,B=false`; throws CONFIG_VALUE, also for a gate that is not known. */
export function parseFeatureGates(text: string): GateSettings {
  const settings: Record<string, boolean> = {};
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const [key = '', ...rest] = pair.split('=');
    const name = key.trim();
    if (rest.length === 0) throw invalid(`missing bool value for ${name}`);
    const value = rest.join('=').trim();
    const enabled = readBoolean(value);
    if (enabled === undefined) {
      const reason = `strconv.ParseBool: parsing ${quoted(value)}: invalid syntax`;
      throw invalid(`invalid value of ${name}=${value}, err: ${reason}`);
    }
    if (!Object.hasOwn(GATES, name) && !Object.hasOwn(STAGE_GATES, name)) {
      throw invalid(`unrecognized feature gate: ${name}`);
    }
    settings[name] = enabled;
  }
  return settings;
}

/** Whether `gate` is on, its stage's gate and its default taken into account. */
export function gateEnabled(settings: GateSettings, gate: FeatureGate): boolean {
  const own = settings[gate];
  if (own !== undefined) return own;
  const spec: GateSpec = GATES[gate];
  const byStage = settings[spec.stage === 'alpha' ? 'AllAlpha' : 'AllBeta'];
  return byStage ?? spec.enabled;
}

/** The gates that stand other than by default, and whose features are not built. */
export function unbuiltGates(settings: GateSettings): FeatureGate[] {
  return FEATURE_GATES.filter((gate) => {
    const { enabled, isBuilt }: GateSpec = GATES[gate];
    return isBuilt === undefined && gateEnabled(settings, gate) !== enabled;
  });
}

/** Throws CONFIG_INVALID when gates contradict one another. */
export function checkFeatureGates(settings: GateSettings): void {
  if (!gateEnabled(settings, 'LeaseCheckpointPersist')) return;
  if (gateEnabled(settings, 'LeaseCheckpoint')) return;
  throw new ConfigError(
    'CONFIG_INVALID',
    'enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint',
  );
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_VALUE', message);
}
