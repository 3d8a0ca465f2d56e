// One question to the daemon over its control socket. Tells a daemon that does not run from one that
// does not answer and from one that may not be asked, because the operator does something else in each case.

import { request } from 'node:http';
import { errorCode, exitCode, Failure } from './failure.ts';

const patienceMs = 3000;
/** BOUNDED: far above what thousands of groups need. */
const maxBytes = 64 * 1024 * 1024;

/** The body as it came. Rejects with a `Failure` that says what is wrong. */
export async function ask(socketPath: string, path: string): Promise<string> {
  try {
    const { status, body } = await get(socketPath, path);
    if (status === 200) return body;
    const words = `the daemon answers ${status} to GET ${path}: ${errorWords(body)}`;
    throw new Failure(status >= 500 ? exitCode.failed : exitCode.refused, words);
  } catch (error) {
    throw error instanceof Failure ? error : connectionFailure(error, socketPath);
  }
}

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceMs);
    const call = request({ socketPath, path, host: 'locum', agent: false, signal }, (response) => {
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
    call.on('error', reject);
    call.end();
  });
}

function connectionFailure(error: unknown, socketPath: string): Failure {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Failure(exitCode.notRunning, `the daemon does not run: there is no socket ${socketPath}`);
    case 'ECONNREFUSED':
      return new Failure(exitCode.notRunning, `the daemon does not run: nobody listens on ${socketPath}`);
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        exitCode.failed,
        `this user may not open ${socketPath}: use sudo, or join the group locum and log in again`,
      );
    case 'ABORT_ERR':
      return new Failure(
        exitCode.failed,
        `the daemon took the call on ${socketPath} and does not answer within ${patienceMs / 1000} s: it is frozen or overloaded`,
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
