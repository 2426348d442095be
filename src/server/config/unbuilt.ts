/** Flags whose features are not built: refused where ignoring them is unsafe, else a warning. */
import { ConfigError } from './errors.ts';
import { unbuiltGates } from './feature-gates.ts';
import { FLAG_NAMES, FLAGS, type FlagValues } from './flag-table.ts';
import { type Notice, warning } from './notice.ts';
import { isChanged, withoutEffect } from './without-effect.ts';

/** Throws CONFIG_REFUSED, naming every flag that is refused; warns of those without effect. */
export function checkUnbuilt(values: FlagValues): Notice[] {
  const changed = FLAG_NAMES.filter((name) => isChanged(name, values));
  const refused = changed.flatMap((name) => {
    const { support } = FLAGS[name];
    return support.state === 'refused' ? [`--${name} (${support.because})`] : [];
  });
  if (refused.length > 0) {
    throw new ConfigError('CONFIG_REFUSED', `refused to start with ${refused.join(', ')}`);
  }
  const ignored = changed.flatMap((name) => {
    const { support } = FLAGS[name];
    return support.state === 'ignored' ? [withoutEffect(name, support.because)] : [];
  });
  const gates = unbuiltGates(values['feature-gates']).map((gate) =>
    warning(`feature gate ${gate} has no effect: its feature is not built yet`, { gate }),
  );
  return [...ignored, ...gates];
}
