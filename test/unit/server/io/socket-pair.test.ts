import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { SocketEnd, type SocketPair } from '../../../../src/server/io/socket-pair.ts';

function connected(): SocketPair {
  return SocketEnd.connect(new SocketEnd(), new SocketEnd());
}

async function textOf(end: SocketEnd): Promise<string> {
  let text = '';
  for await (const chunk of end) text += String(chunk);
  return text;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

describe('SocketEnd', () => {
  it('written to one end, in both directions -> read from the other, then its end', async () => {
    const { client, server } = connected();
    client.write('to ');
    client.end('server');
    server.end('to client');
    assert.deepEqual([await textOf(server), await textOf(client)], ['to server', 'to client']);
  });

  it('an end that nobody reads -> takes one high-water mark and waits', async () => {
    const { client, server } = connected();
    let taken = 0;
    for (let at = 0; at < 100; at++) client.write(Buffer.alloc(1000), () => void taken++);
    await turns(10);
    assert.equal(taken, Math.ceil(server.readableHighWaterMark / 1000) - 1);
    server.resume();
    await turns(10);
    assert.equal(taken, 100);
  });

  it('an end that is destroyed -> the other reads what was written, then the end', async () => {
    const { client, server } = connected();
    server.write('last words');
    server.destroy();
    assert.equal(await textOf(client), 'last words');
  });

  it('an end that is destroyed -> what is written to it is dropped, without an error', async () => {
    const { client, server } = connected();
    client.write(Buffer.alloc(100_000));
    client.write(Buffer.alloc(100_000));
    server.destroy();
    client.end('more');
    await once(client, 'finish');
  });
});
