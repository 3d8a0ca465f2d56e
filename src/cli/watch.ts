// The same page again every second, on a screen of its own that is given back at the end, whatever ends
// it: Ctrl-C, a signal, a reader that goes away. A daemon that goes away meanwhile is shown and waited for.

import type { WriteStream } from 'node:tty';
import { exitCode, Failure } from './failure.ts';

const periodMs = 1000;
const enter = '\u001B[?1049h\u001B[?25l';
const leave = '\u001B[?25h\u001B[?1049l';
const home = '\u001B[H';
const clearLine = '\u001B[K';
const clearBelow = '\u001B[J';

/** `plain`: pages one after another, as into a pipe. */
export async function watch(
  page: () => Promise<string>,
  out: WriteStream,
  { plain }: { readonly plain: boolean },
): Promise<number> {
  const onScreen = out.isTTY && !plain;
  // The first page decides whether there is anything to watch; its failure is the command's.
  let text = await page();
  const end = endOf(out);
  if (onScreen) out.write(enter);
  try {
    while (!end.come) {
      // A terminal or a reader that is slower than a page a second misses pages, and piles up none.
      if (out.writableLength === 0) out.write(onScreen ? frame(text, out.rows) : text);
      await end.orAfter(periodMs);
      if (!end.come) text = await pageOrWords(page);
    }
  } finally {
    if (onScreen) out.write(leave);
    end.forget();
  }
  return exitCode.done;
}

async function pageOrWords(page: () => Promise<string>): Promise<string> {
  try {
    return await page();
  } catch (error) {
    if (error instanceof Failure) return `locum: ${error.message}\n`;
    throw error;
  }
}

/** Draws over the last frame without clearing it first, which would flicker. */
function frame(text: string, rows: number): string {
  const lines = text.trimEnd().split('\n');
  const shown = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`];
  return `${home}${shown.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}`;
}

interface End {
  readonly come: boolean;
  orAfter(ms: number): Promise<void>;
  forget(): void;
}

function endOf(out: WriteStream): End {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = new AbortController();
  const onEnd = (): void => {
    stop.abort();
  };
  for (const signal of signals) process.on(signal, onEnd);
  out.on('error', onEnd);
  out.on('close', onEnd);
  return {
    get come() {
      return stop.signal.aborted;
    },
    orAfter: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        function done(): void {
          clearTimeout(timer);
          stop.signal.removeEventListener('abort', done);
          resolve();
        }
        stop.signal.addEventListener('abort', done);
      }),
    forget: () => {
      for (const signal of signals) process.off(signal, onEnd);
      out.off('error', onEnd);
      out.off('close', onEnd);
    },
  };
}
