// What the control socket answers to each path and method, and to what is no request at all. Always JSON;
// the socket itself, and who may open it, are control-server.ts.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readBody, type Request, type Requests, type Told } from './control-requests.ts';

/** What may be read, by path: its text, or null where it cannot be made. */
export type Pages = ReadonlyMap<string, () => Promise<string | null>>;

export const maxHeaderBytes = 8 * 1024;

/** What later versions answer; until then, whoever asks is told so. */
const planned = new Map<string, 'GET' | 'POST'>(
  Object.entries({
    '/v1/events': 'GET',
    '/metrics': 'GET',
    '/v1/drain': 'POST',
    '/v1/undrain': 'POST',
    '/v1/promote': 'POST',
    '/v1/reload': 'POST',
  } as const),
);

export interface Answers {
  readonly pages: Pages;
  readonly requests: Requests;
  /** Who is at the other end, for the log. */
  readonly who: (socket: Socket) => string;
}

export function answer(request: IncomingMessage, response: ServerResponse, { pages, requests, who }: Answers): void {
  const path = request.url?.split('?')[0] ?? '';
  const method = request.method ?? '';
  const asked = requests.get(path);
  if (asked !== undefined && method === 'POST') {
    void carryOut(request, response, asked, who(request.socket));
    return;
  }
  // A body is of no use here: it is thrown away, and the connection with it.
  request.resume();
  const page = pages.get(path);
  const verb = planned.get(path);
  if (asked !== undefined) refuse(response, 405, `${path} takes POST only`, { allow: 'POST' });
  else if (page !== undefined) void show(response, path, method, page);
  else if (verb === undefined) refuse(response, 404, `nothing is at this path; try ${[...pages.keys()].join(' or ')}`);
  else if (method !== verb) refuse(response, 405, `${path} takes ${verb} only`, { allow: verb });
  else refuse(response, 501, 'not supported yet');
}

async function carryOut(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Request,
  who: string,
): Promise<void> {
  const read = await readBody(request);
  if (typeof read === 'string') {
    refuse(response, 400, read);
    return;
  }
  const told = await asked(read.body, who).catch(
    (error: unknown): Told => ({
      kind: 'failed',
      words: error instanceof Error ? error.message : String(error),
    }),
  );
  if (told.kind === 'done') reply(response, 200, `${JSON.stringify(told.body)}\n`, { connection: 'close' });
  else refuse(response, codeOf[told.kind], told.words);
}

const codeOf = { wrong: 400, refused: 409, failed: 500 } as const;

async function show(
  response: ServerResponse,
  path: string,
  method: string,
  page: () => Promise<string | null>,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, 405, `${path} takes GET only`, { allow: 'GET, HEAD' });
    return;
  }
  const body = await page();
  if (body === null) refuse(response, 500, 'the daemon could not describe itself; its log says more');
  else reply(response, 200, body);
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
export function refuseBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
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
