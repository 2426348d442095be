import { MessageType } from '../../pb/index.ts';

const NAMES = new Map<MessageType, string>(
  Object.entries(MessageType).map(([name, type]) => [type, name]),
);

/** As log lines have it: `MsgApp`; the number of a type that has no name. */
export function messageTypeName(type: MessageType): string {
  return NAMES.get(type) ?? String(type);
}
