import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servesClientsOnPeerPorts } from '../../../src/server/client-ports.ts';
import { load } from '../../support/config-sources.ts';

const CLIENTS = {
  plain: ['http://localhost:1'],
  secure: ['https://localhost:1', '--cert-file=c', '--key-file=k'],
  both: ['http://localhost:1,https://localhost:2', '--cert-file=c', '--key-file=k'],
  mutual: ['https://localhost:1', '--cert-file=c', '--key-file=k', '--client-cert-auth'],
} as const;

const PEERS = {
  plain: ['http://localhost:3'],
  secure: ['https://localhost:3', '--peer-cert-file=c', '--peer-key-file=k'],
  both: ['http://localhost:3,https://localhost:4', '--peer-cert-file=c', '--peer-key-file=k'],
  mutual: [
    'https://localhost:3',
    '--peer-cert-file=c',
    '--peer-key-file=k',
    '--peer-trusted-ca-file=ca',
  ],
} as const;

describe('servesClientsOnPeerPorts: only where that is no way around TLS', () => {
  const all = { plain: true, secure: true, both: true, mutual: true };
  const expected: Record<keyof typeof CLIENTS, Record<keyof typeof PEERS, boolean>> = {
    plain: all,
    both: all,
    secure: { plain: false, secure: true, both: false, mutual: true },
    mutual: { plain: false, secure: false, both: false, mutual: true },
  };
  for (const clients of ['plain', 'secure', 'both', 'mutual'] as const) {
    for (const peers of ['plain', 'secure', 'both', 'mutual'] as const) {
      const isServed = expected[clients][peers];
      it(`clients ${clients}, peers ${peers} -> ${isServed}`, async () => {
        const argv = [
          '--advertise-client-urls=http://localhost:1',
          '--listen-client-urls',
          ...CLIENTS[clients],
          '--listen-peer-urls',
          ...PEERS[peers],
        ];
        assert.equal(servesClientsOnPeerPorts((await load({ argv })).config), isServed);
      });
    }
  }
});
