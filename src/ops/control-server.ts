// The control socket: HTTP/1.1 with JSON for `locum` itself, curl and scripts. Bounded in connections,
// bytes and time, so that no reader delays an advert. It shows; what changes something comes later.

import { chmodSync, chownSync, lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ControlOptions {
  readonly path: string;
  /** Called for a request; what it throws becomes a 500 and nothing else. */
  readonly status: () => unknown;
  readonly config: () => unknown;
  /** A fault after the start, as words. */
  readonly onFault: (words: string) => void;
  readonly groupFile?: string;
}

export interface ControlServer {
  close(): Promise<void>;
}

/** BOUNDED: connections at once; more are turned away. */
const maxConnections = 32;
const maxHeaderBytes = 8 * 1024;
/** A request must be whole, and a response be read on, within this. */
const patienceMs = 5000;
/** Many readers at once share one rendering. */
const freshMs = 20;
/** sun_path holds 108 bytes with the closing zero; a longer path would be cut without a word. */
const maxPathBytes = 107;

const readable = ['/v1/status', '/v1/config'];
const planned: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/v1/events': 'GET',
  '/metrics': 'GET',
  '/v1/drain': 'POST',
  '/v1/undrain': 'POST',
  '/v1/promote': 'POST',
  '/v1/fence': 'POST',
  '/v1/unfence': 'POST',
  '/v1/reload': 'POST',
};

/** Throws with words for the operator when the socket cannot be made. The runtime lock is held already. */
export async function openControlServer(options: ControlOptions): Promise<ControlServer> {
  clearPath(options.path);
  const bodies = { '/v1/status': cached(options, 'status'), '/v1/config': cached(options, 'config') };
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: patienceMs,
    },
    (request, response) => {
      answer(request, response, bodies);
    },
  );
  server.maxConnections = maxConnections;
  server.timeout = patienceMs;
  server.on('clientError', refuseBadRequest);
  await listen(server, options.path);
  server.on('error', (error) => {
    options.onFault(`the control socket ${options.path} has a fault: ${error.message}`);
  });
  openToGroup(options.path, options.groupFile ?? '/etc/group');
  return { close: () => closeNow(server) };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bodies: Readonly<Record<string, () => string | null>>,
): void {
  // A body is of no use here: it is thrown away, and the connection with it.
  request.resume();
  response.on('error', () => undefined);
  // Who reads a byte now and then keeps a socket from being idle: there is an end to that too.
  const limit = setTimeout(() => response.destroy(), 2 * patienceMs);
  response.on('close', () => {
    clearTimeout(limit);
  });
  const path = request.url?.split('?')[0] ?? '';
  const method = request.method ?? '';
  if (readable.includes(path)) {
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(response, 405, `${path} takes GET only`, { allow: 'GET, HEAD' });
      return;
    }
    const body = bodies[path]?.() ?? null;
    if (body === null) refuse(response, 500, 'the daemon could not describe itself; its log says more');
    else reply(response, 200, body);
    return;
  }
  const verb = Object.hasOwn(planned, path) ? planned[path] : undefined;
  if (verb === undefined) {
    refuse(response, 404, `nothing is at this path; try ${readable.join(' or ')}`);
  } else if (method !== verb) {
    refuse(response, 405, `${path} takes ${verb} only`, { allow: verb });
  } else {
    refuse(response, 501, 'not supported yet');
  }
}

function reply(response: ServerResponse, code: number, body: string, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(body);
  response.writeHead(code, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(bytes);
}

function refuse(response: ServerResponse, code: number, error: string, headers: Record<string, string> = {}): void {
  reply(response, code, `${JSON.stringify({ error })}\n`, { ...headers, connection: 'close' });
}

/** What never became a request: answered in the same manner, then cut. */
function refuseBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, words] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', `the headers are larger than ${maxHeaderBytes} bytes`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'the request took too long to arrive']
        : ['400 Bad Request', 'this is not an HTTP/1.1 request'];
  const body = `${JSON.stringify({ error: words })}\n`;
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function cached(options: ControlOptions, what: 'status' | 'config'): () => string | null {
  let body: string | null = null;
  let until = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now < until) return body;
    try {
      body = `${JSON.stringify(options[what]())}\n`;
    } catch (error) {
      body = null;
      options.onFault(`the ${what} page cannot be made: ${error instanceof Error ? error.message : String(error)}`);
    }
    until = now + freshMs;
    return body;
  };
}

/** A socket that a dead daemon left is removed; anything else in its place is not ours to touch. */
function clearPath(path: string): void {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new Error(
      `the path ${path} is too long for a socket: at most ${maxPathBytes} bytes; choose a shorter --runtime-dir`,
    );
  }
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket())
    throw new Error(`${path} should be the control socket and is another kind of file; move it away`);
  unlinkSync(path);
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The socket is made within this call: nobody but its owner may use it before its mode is set.
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function openToGroup(path: string, groupFile: string): void {
  const gid = groupId(groupFile, 'locum');
  if (gid !== null) chownSync(path, process.geteuid?.() ?? 0, gid);
  chmodSync(path, 0o660);
}

/** The id of a group, or null where the host does not have it. */
export function groupId(groupFile: string, name: string): number | null {
  let text: string;
  try {
    text = readFileSync(groupFile, 'utf8');
  } catch {
    return null;
  }
  const id = text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name)?.[2];
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : null;
}

async function closeNow(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
