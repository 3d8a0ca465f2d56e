// The control socket: HTTP/1.1 with JSON for `locum` itself, curl and scripts. Bounded in connections,
// bytes and time, so that no reader delays an advert. It shows, and passes on what operators ask for.

import { chmodSync, chownSync, lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { answer, maxHeaderBytes, type Pages, refuseBadRequest } from './control-pages.ts';
import type { Requests } from './control-requests.ts';

export interface ControlOptions {
  readonly path: string;
  /** Called for a request; what it throws becomes a 500 and nothing else. The text in pieces, each made in a turn of its own. */
  readonly status: () => Iterable<string>;
  readonly config: () => unknown;
  /** What operators may ask for, by path. A promise that is rejected becomes a 500. */
  readonly requests: Requests;
  readonly who: (socket: Socket) => string;
  /** A fault after the start, as words. */
  readonly onFault: (words: string) => void;
  readonly groupFile?: string;
}

export interface ControlServer {
  close(): Promise<void>;
}

/** BOUNDED: connections at once; more are turned away. */
const maxConnections = 32;
/**
 * Who says nothing, or does not read on, is cut off after this. Who sends a byte of a request now and then keeps a socket from
 * being idle: that is looked at every half minute only, since looking wakes the daemon, and it would have nothing else to do.
 */
const patienceMs = 5000;
/** Many readers at once share one rendering. */
const freshMs = 20;
/** sun_path holds 108 bytes with the closing zero; a longer path would be cut without a word. */
const maxPathBytes = 107;

/** Throws with words for the operator when the socket cannot be made. The runtime lock is held already. */
export async function openControlServer(options: ControlOptions): Promise<ControlServer> {
  clearPath(options.path);
  const pages: Pages = new Map([
    ['/v1/status', cached(options, 'status', options.status)],
    ['/v1/config', cached(options, 'config', () => [`${JSON.stringify(options.config())}\n`])],
  ]);
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      keepAliveTimeout: patienceMs,
    },
    (request, response) => {
      limitInTime(response);
      answer(request, response, { pages, requests: options.requests, who: options.who });
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

/** Who reads a byte now and then keeps a socket from being idle: there is an end to that too. */
function limitInTime(response: ServerResponse): void {
  const limit = setTimeout(() => response.destroy(), 2 * patienceMs);
  response.on('error', () => undefined);
  response.on('close', () => {
    clearTimeout(limit);
  });
}

function cached(options: ControlOptions, what: string, make: () => Iterable<string>): () => Promise<string | null> {
  let body: Promise<string | null> = Promise.resolve(null);
  let until = Number.NEGATIVE_INFINITY;
  const render = async (): Promise<string | null> => {
    try {
      return await pieceByPiece(make());
    } catch (error) {
      options.onFault(`the ${what} page cannot be made: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    } finally {
      until = performance.now() + freshMs;
    }
  };
  return () => {
    if (performance.now() < until) return body;
    // Whoever asks meanwhile gets this one.
    until = Number.POSITIVE_INFINITY;
    body = render();
    return body;
  };
}

/** Between two pieces the loop sends what is due. */
async function pieceByPiece(pieces: Iterable<string>): Promise<string> {
  const made: string[] = [];
  for (const piece of pieces) {
    made.push(piece);
    await nextTurn();
  }
  return made.join('');
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
