import { ManualTime, until } from '../support/peer/manual-time.ts';
import { TestMember } from '../support/peer/test-member.ts';
import { peerTransportSuite } from './peer-transport-suite.ts';

peerTransportSuite('HTTP', () => {
  const time = new ManualTime();
  const members: TestMember[] = [];
  return {
    async start() {
      members.push(await TestMember.start(0xan, { time }), await TestMember.start(0xbn, { time }));
      return members as [TestMember, TestMember];
    },
    async until(isSo) {
      await until(() => {
        // For streams that were dialled before the other one knew us.
        time.advance(1);
        return isSo();
      }, 'what the contract says');
    },
    async settle() {
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    async stop() {
      for (const member of members) await member.stop();
    },
  };
});
