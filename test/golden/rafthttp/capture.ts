/**
 * Makes the recordings in this folder: a real cluster of three behind recording proxies, a few
 * writes, and a member that comes back so late that it needs a snapshot. See README.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedConnection, RecordingProxy } from '../../support/peer/recording-proxy.ts';
import { freePort, MemberProcess } from '../../support/processes.ts';

/** A recording goes this far into a body; its last frame may be cut. */
const BODY_BYTES_KEPT = 2048;
/** That far, with some of the database. */
const SNAPSHOT_BYTES_KEPT = 10_000;
const HEX_LINE = 96;

interface Exchange {
  readonly requestHead: string;
  readonly requestBody: Buffer;
  readonly answerHead: string;
  readonly answerBody: Buffer;
}

async function main(folder: string): Promise<void> {
  const names = ['m1', 'm2', 'm3'];
  const listenPorts = await Promise.all(names.map(() => freePort()));
  const proxyPorts = await Promise.all(names.map(() => freePort()));
  const proxies = await Promise.all(
    names.map((_, at) => RecordingProxy.start(proxyPorts[at] ?? 0, listenPorts[at] ?? 0)),
  );
  const cluster = names.map((name, at) => `${name}=http://127.0.0.1:${proxyPorts[at]}`).join(',');
  const members = await Promise.all(
    names.map((name, at) =>
      MemberProcess.start({
        kind: 'etcd',
        name,
        peerPort: listenPorts[at] ?? 0,
        flags: [
          `--initial-advertise-peer-urls=http://127.0.0.1:${proxyPorts[at]}`,
          `--initial-cluster=${cluster}`,
          '--snapshot-count=10',
          '--snapshot-catchup-entries=5',
        ],
      }),
    ),
  );
  try {
    await writes(members[0] as MemberProcess, members[2] as MemberProcess);
    const exchanges = proxies.flatMap((proxy) => proxy.connections).flatMap(exchangesOf);
    save(folder, 'msgapp', pick(exchanges, 'GET /raft/stream/msgapp/'));
    save(folder, 'message', pick(exchanges, 'GET /raft/stream/message/'));
    save(folder, 'pipeline', pick(exchanges, 'POST /raft '));
    save(folder, 'snapshot', pick(exchanges, 'POST /raft/snapshot '));
    save(folder, 'probing', pick(exchanges, 'GET /raft/probing '));
  } finally {
    await Promise.all(members.map((member) => member.dispose()));
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  }
}

async function writes(first: MemberProcess, late: MemberProcess): Promise<void> {
  for (let i = 0; i < 3; i++) await put(first, `key${i}`, 'v'.repeat(10 ** i));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await late.kill();
  for (let i = 0; i < 300; i++) await put(first, `late${i}`, String(i));
  await late.restart();
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

async function put(member: MemberProcess, key: string, value: string): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const body = JSON.stringify({ key: base64(key), value: base64(value) });
  let isDone = false;
  while (!isDone) {
    const answer = await fetch(`http://${member.endpoint}/v3/kv/put`, { method: 'POST', body });
    await answer.arrayBuffer();
    // The member that was killed may have led: until there is a new leader, puts fail.
    isDone = answer.ok;
  }
}

/** The requests of a connection with their answers, as far as both have come. */
function exchangesOf({ request, answer }: RecordedConnection): Exchange[] {
  const answers = httpMessages(Buffer.concat(answer));
  return httpMessages(Buffer.concat(request)).flatMap(([requestHead, requestBody], at) => {
    const [answerHead, answerBody] = answers[at] ?? ['', Buffer.alloc(0)];
    return answerHead === '' ? [] : [{ requestHead, requestBody, answerHead, answerBody }];
  });
}

/** Heads and bodies of HTTP/1.1 messages that follow one another; the last one may be cut. */
function httpMessages(bytes: Buffer): [string, Buffer][] {
  const messages: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0) break;
    const head = bytes.toString('latin1', at, end);
    const rest = bytes.subarray(end + 4);
    if (/^transfer-encoding: chunked/im.test(head)) {
      const [body, length] = unchunked(rest);
      messages.push([head, body]);
      at = end + 4 + length;
    } else {
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      messages.push([head, rest.subarray(0, length)]);
      at = end + 4 + length;
    }
  }
  return messages;
}

/** The body that the chunks make, and how many bytes they are on the wire. */
function unchunked(bytes: Buffer): [Buffer, number] {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return [Buffer.concat(parts), bytes.length];
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (size === 0) return [Buffer.concat(parts), at];
  }
}

/** The longest of its kind that went well. */
function pick(exchanges: readonly Exchange[], start: string): Exchange {
  const size = (exchange: Exchange): number =>
    exchange.requestBody.length + exchange.answerBody.length;
  const [longest] = exchanges
    .filter(({ requestHead, answerHead }) => {
      return requestHead.startsWith(start) && /^HTTP\/1.1 20[04]/.test(answerHead);
    })
    .sort((a, b) => size(b) - size(a));
  if (longest === undefined) throw new TypeError(`no ${start}`);
  return longest;
}

function save(folder: string, name: string, exchange: Exchange): void {
  const { requestHead, requestBody, answerHead, answerBody } = exchange;
  const kept = name === 'snapshot' ? SNAPSHOT_BYTES_KEPT : BODY_BYTES_KEPT;
  const lines = [
    ...requestHead.split('\r\n').map((line) => `> ${line}`),
    ...hexLines(requestBody.subarray(0, kept)).map((line) => `>> ${line}`),
    ...answerHead.split('\r\n').map((line) => `< ${line}`),
    ...hexLines(answerBody.subarray(0, kept)).map((line) => `<< ${line}`),
  ];
  writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`);
}

function hexLines(bytes: Buffer): string[] {
  return bytes.toString('hex').match(new RegExp(`.{1,${HEX_LINE}}`, 'g')) ?? [];
}

await main(process.argv[2] ?? '.');
