import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Message, MessageType } from '../../../../src/pb/index.ts';
import { HeartbeatPace } from '../../../../src/server/node/heartbeat-pace.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

function setUp() {
  let nowMs = 0;
  const logger = new RecordingLogger();
  const clock = { monotonicMs: () => nowMs, wallMs: () => 0 };
  const pace = new HeartbeatPace(100, { clock, logger });
  const sendAt = (ms: number, type: MessageType, ...members: bigint[]): void => {
    nowMs = ms;
    pace.sent(members.map((to) => Message.create({ type, to })));
  };
  return { pace, logger, sendAt };
}

const { MsgHeartbeat, MsgApp } = MessageType;

describe('heartbeat pace', () => {
  it('up to twice the interval -> in time; later -> counted for each member, and logged', () => {
    const { pace, logger, sendAt } = setUp();
    sendAt(0, MsgHeartbeat, 2n, 3n);
    sendAt(200, MsgHeartbeat, 2n, 3n);
    assert.equal(pace.late, 0);
    sendAt(401, MsgHeartbeat, 2n, 0xabn);
    assert.equal(pace.late, 1);
    sendAt(402, MsgHeartbeat, 3n);
    assert.equal(pace.late, 2);
    const [first] = logger.lines;
    assert.match(first?.message ?? '', /leader failed to send out heartbeat on time/);
    assert.equal(first?.fields['exceeded-duration'], '1ms');
  });

  it('other messages -> do not count; a new leader -> begins anew', () => {
    const { pace, sendAt } = setUp();
    sendAt(0, MsgHeartbeat, 2n);
    sendAt(150, MsgApp, 2n);
    sendAt(201, MsgHeartbeat, 2n);
    assert.equal(pace.late, 1);
    pace.reset();
    sendAt(5000, MsgHeartbeat, 2n);
    assert.equal(pace.late, 1);
  });
});
