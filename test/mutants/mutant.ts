/** A safety line of the source, and what stands there while it is switched off. */
export interface Mutant {
  /** Short, in kebab case; unique. */
  readonly name: string;
  /** Path from the root of the project. */
  readonly file: string;
  /** Source text that stands in the file exactly once. */
  readonly text: string;
  /** Takes its place; need not fit in types, but has to be a program still. */
  readonly replacement: string;
  /** What the member does wrong from then on. */
  readonly breaks: string;
}

/** Thrown when the source has changed, so that a mutant does not fit any more. */
export class MutantError extends Error {
  override readonly name = 'MutantError';
}

/** The source with the line switched off. Throws MutantError. */
export function mutated(source: string, { name, file, text, replacement }: Mutant): string {
  const parts = source.split(text);
  if (parts.length !== 2) {
    throw new MutantError(`${name}: its text is ${parts.length - 1} times in ${file}, not once`);
  }
  return parts.join(replacement);
}
