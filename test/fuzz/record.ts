/**
 * Records what a real client sends: `record.js NAME HOST:PORT COMMAND…` runs the command with `{}`
 * in its words replaced by the address of a proxy in front of HOST:PORT, and writes one file for
 * each connection into test/golden/http2: a line of hex for each piece that came from the client.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

const FOLDER = join('test', 'golden', 'http2');

async function main(words: readonly string[]): Promise<void> {
  const [name = '', target = '', command = '', ...args] = words;
  const [host = '', port = ''] = target.split(':');
  const connections: string[][] = [];
  const server = createServer((client: Socket) => {
    const pieces: string[] = [];
    connections.push(pieces);
    const upstream = connect(Number(port), host);
    client.on('data', (bytes) => {
      pieces.push(bytes.toString('hex'));
      upstream.write(bytes);
    });
    client.on('end', () => upstream.end()).on('error', () => upstream.destroy());
    upstream.on('data', (bytes) => client.write(bytes));
    upstream.on('end', () => client.end()).on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(
    command,
    args.map((word) => word.replaceAll('{}', address)),
    { stdio: 'inherit' },
  );
  await once(child, 'exit');
  server.close();
  connections
    .filter((pieces) => pieces.length > 0)
    .forEach((pieces, at) => {
      const number = connections.length > 1 ? `-${at + 1}` : '';
      writeFileSync(join(FOLDER, `${name}${number}.hex`), `${pieces.join('\n')}\n`);
    });
  process.exit();
}

await main(process.argv.slice(2));
