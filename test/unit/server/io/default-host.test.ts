import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultInterface } from '../../../../src/server/io/default-host.ts';

const HEAD =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

function route(name: string, destination: string, mask: string, metric = 0): string {
  return `${name}\t${destination}\t010200C0\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0   \n`;
}

describe('default-host: the interface of the default route', () => {
  it('destination and mask are zero', () => {
    const table =
      HEAD + route('lo', '0000007F', '000000FF') + route('eth0', '00000000', '00000000');
    assert.equal(defaultInterface(table), 'eth0');
  });
  it('of several, the one of the least metric', () => {
    const table =
      HEAD +
      route('wlan0', '00000000', '00000000', 600) +
      route('eth0', '00000000', '00000000', 100);
    assert.equal(defaultInterface(table), 'eth0');
  });
  it('half of everything is no default', () => {
    assert.equal(defaultInterface(HEAD + route('tun0', '00000000', '00000080')), undefined);
  });
  it('no routes', () => assert.equal(defaultInterface(HEAD), undefined));
});
