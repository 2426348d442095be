/** Python's gRPC client (C core) as a process that makes the calls it is told and prints their ends. */
import { execFileSync } from 'node:child_process';
import { run } from './processes.ts';

/** The system's, for which Debian packages grpcio. */
const PYTHON = '/usr/bin/python3';

export interface PythonCall {
  readonly path: string;
  /** One, and one answer, unless `answers` is set. */
  readonly requests: readonly Uint8Array[];
  /** Streams: cancels when so many answers have come. */
  readonly answers?: number;
  readonly compression?: 'Gzip' | 'Deflate';
  readonly timeoutSeconds?: number;
  /** Unary: makes so many calls at a time; the last one is told, unless one fails. */
  readonly times?: number;
  readonly metadata?: readonly (readonly [string, string])[];
}

export interface PythonResult {
  /** `OK`, or the name of the status. */
  readonly code: string;
  readonly details: string;
  readonly answers: readonly Buffer[];
}

const SCRIPT = `
import base64, json, sys, grpc

told = json.load(sys.stdin)
options = [('grpc.max_receive_message_length', -1), ('grpc.max_send_message_length', -1)]
same = lambda value: value

def settings(call):
    found = {'timeout': call.get('timeoutSeconds', 10), 'metadata': call.get('metadata')}
    if 'compression' in call:
        found['compression'] = getattr(grpc.Compression, call['compression'])
    return found

def unary(channel, call, requests):
    method = channel.unary_unary(call['path'], same, same)
    futures = [method.future(requests[0], **settings(call)) for _ in range(call.get('times', 1))]
    return [[future.result() for future in futures][-1]]

def stream(channel, call, requests):
    events = channel.stream_stream(call['path'], same, same)(iter(requests), **settings(call))
    answers = []
    for answer in events:
        answers.append(answer)
        if len(answers) == call['answers']:
            events.cancel()
            break
    return answers

results = []
with grpc.insecure_channel(told['endpoint'], options=options) as channel:
    for call in told['calls']:
        requests = [base64.b64decode(request) for request in call['requests']]
        try:
            answers = (stream if 'answers' in call else unary)(channel, call, requests)
            result = {'code': 'OK', 'details': ''}
        except grpc.RpcError as error:
            answers = []
            result = {'code': error.code().name, 'details': error.details()}
        result['answers'] = [base64.b64encode(answer).decode() for answer in answers]
        results.append(result)
print(json.dumps(results))
`;

/** Why it cannot be run here, or false. In CI a client that is missing is a failure. */
export function pythonSkipReason(): string | false {
  try {
    execFileSync(PYTHON, ['-c', 'import grpc'], { stdio: 'ignore' });
    return false;
  } catch {
    const reason = `needs grpcio in ${PYTHON}`;
    if (process.env['CI'] === 'true') throw new TypeError(reason);
    return reason;
  }
}

/** Makes the calls one after the other on one channel. */
export async function pythonCalls(
  endpoint: string,
  calls: readonly PythonCall[],
): Promise<PythonResult[]> {
  const told = {
    endpoint,
    calls: calls.map((call) => ({
      ...call,
      requests: call.requests.map((request) => Buffer.from(request).toString('base64')),
    })),
  };
  const { stdout, stderr } = await run(PYTHON, ['-c', SCRIPT], { input: JSON.stringify(told) });
  if (stdout === '') throw new TypeError(`the client failed: ${stderr}`);
  const results = JSON.parse(stdout) as { code: string; details: string; answers: string[] }[];
  return results.map(({ answers, ...end }) => ({
    ...end,
    answers: answers.map((answer) => Buffer.from(answer, 'base64')),
  }));
}
