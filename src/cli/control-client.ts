// One question to the daemon over its control socket. Tells a daemon that does not run from one that
// does not answer and from one that may not be asked, because the operator does something else in each case.

import { request } from 'node:http';
import { errorCode, exitCode, Failure } from './failure.ts';

const patienceMs = 3000;
/** BOUNDED: far above what thousands of groups need. */
const maxBytes = 64 * 1024 * 1024;

/** The daemon itself gives up a little earlier, with words that say more. */
const requestPatienceMs = 6000;

/** The body as it came. Rejects with a `Failure` that says what is wrong. */
export async function ask(socketPath: string, path: string): Promise<string> {
  return await call(socketPath, { method: 'GET', path, patienceMs }, ({ status, body }) => {
    const words = `the daemon answers ${status} to GET ${path}: ${errorWords(body)}`;
    return new Failure(status >= 500 ? exitCode.failed : exitCode.refused, words);
  });
}

/** Asks for something to be done, and waits until it is. */
export async function tell(socketPath: string, path: string, body: unknown): Promise<void> {
  const question = { method: 'POST', path, patienceMs: requestPatienceMs, body: JSON.stringify(body) };
  await call(socketPath, question, (answer) => {
    const words = errorWords(answer.body);
    if (answer.status >= 500) return new Failure(exitCode.failed, words);
    return new Failure(exitCode.refused, `the daemon refuses: ${words}`);
  });
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly patienceMs: number;
  readonly body?: string;
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function call(socketPath: string, question: Question, bad: (reply: Reply) => Failure): Promise<string> {
  try {
    const reply = await send(socketPath, question);
    if (reply.status === 200) return reply.body;
    throw bad(reply);
  } catch (error) {
    throw error instanceof Failure ? error : connectionFailure(error, socketPath, question.patienceMs);
  }
}

function send(socketPath: string, { method, path, patienceMs: ms, body }: Question): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ms);
    const sent = request({ socketPath, method, path, host: 'locum', agent: false, signal }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > maxBytes) response.destroy(new Error(`the answer is larger than ${maxBytes} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const advice = '; start it (systemctl start locum), or name its directory with --runtime-dir';

function connectionFailure(error: unknown, socketPath: string, waitedMs: number): Failure {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Failure(exitCode.notRunning, `the daemon does not run: there is no socket ${socketPath}${advice}`);
    case 'ECONNREFUSED':
      return new Failure(exitCode.notRunning, `the daemon does not run: nobody listens on ${socketPath}${advice}`);
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        exitCode.failed,
        `this user may not open ${socketPath}: use sudo, or join the group locum and log in again`,
      );
    case 'ABORT_ERR':
      return new Failure(
        exitCode.failed,
        `the daemon took the call on ${socketPath} and does not answer within ${waitedMs / 1000} s: it is frozen or overloaded`,
      );
    case null:
    default: {
      const words = error instanceof Error ? error.message : String(error);
      return new Failure(exitCode.failed, `the daemon cannot be asked on ${socketPath}: ${words}`);
    }
  }
}

function errorWords(body: string): string {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer === 'object' && answer !== null && 'error' in answer) return String(answer.error);
  } catch {
    // Not JSON: said below.
  }
  return 'without a reason';
}
