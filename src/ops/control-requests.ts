// What an operator asks for over the control socket: a request with a small JSON body goes in, and the answer
// comes when the daemon is done. Bounded in bytes; how many may wait is the daemon's business.

import type { IncomingMessage } from 'node:http';

/** What came of it, in words where it did not simply work. */
export type Told =
  | { readonly kind: 'done'; readonly body: unknown }
  | { readonly kind: 'wrong' | 'refused' | 'failed'; readonly words: string };

/** `who` asked, for the log. */
export type Request = (body: unknown, who: string) => Promise<Told>;

/** What may be asked for, by path. */
export type Requests = ReadonlyMap<string, Request>;

const mostBytes = 8 * 1024;

/** The body as JSON, `{}` where there is none; a string says what is wrong with it. */
export function readBody(request: IncomingMessage): Promise<{ readonly body: unknown } | string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= mostBytes) parts.push(part);
    });
    request.on('error', () => resolve('the request broke off'));
    request.on('end', () => {
      if (bytes > mostBytes) resolve(`the body is larger than ${mostBytes} bytes`);
      else resolve(parseBody(Buffer.concat(parts).toString('utf8')));
    });
  });
}

function parseBody(text: string): { readonly body: unknown } | string {
  if (text.trim() === '') return { body: {} };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return 'the body is not JSON';
  }
}
