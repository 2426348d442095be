import { describeFrame, type Frame } from './frame.ts';

/** Thrown when the server, or a handler's view of it, breaks a rule. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
  /** What was broken, without the particulars: a smaller script must break the same. */
  readonly rule: string;

  constructor(rule: string, particulars = '', cause?: unknown) {
    super(`${rule}: ${particulars}`, { cause });
    this.rule = rule;
  }
}

export function expect(condition: boolean, rule: string, particulars: string | Frame = ''): void {
  if (condition) return;
  throw new FuzzFailure(
    rule,
    typeof particulars === 'string' ? particulars : describeFrame(particulars),
  );
}
