// Starts an instrument in a lab's client and hands back what it reports. An instrument ends when its input closes, so
// none outlives the process that started it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Description } from './description.ts';
import { script } from './lab-script.ts';

interface Gap {
  readonly startMs: number;
  readonly endMs: number;
  readonly ms: number;
}

/** What every instrument says of itself in the end: how it ran, and for how long it stood still. */
interface Ending {
  readonly kind: 'summary';
  readonly realtime: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly stallMs: number;
}

export interface ProbeSummary extends Ending {
  readonly to: string;
  readonly sent: number;
  readonly answers: number;
  readonly lost: number;
  readonly longestMs: number;
  readonly gaps: readonly Gap[];
}

type Span = readonly [fromMs: number, toMs: number];

export interface AnsweringSummary extends Ending {
  readonly to: string;
  readonly hosts: readonly {
    readonly host: string;
    readonly any: readonly Span[];
    readonly echo: readonly Span[];
    readonly whoHas: readonly Span[];
  }[];
  readonly overlaps: readonly { readonly hosts: readonly string[]; readonly ms: number; readonly echoMs: number }[];
  readonly longestOverlapMs: number;
}

export interface ArrivalsSummary extends Ending {
  readonly hosts: readonly {
    readonly host: string;
    readonly adverts: number;
    readonly firstAdvertMs: number | null;
    readonly announcements: number;
    /** When each address was first announced, in that order. */
    readonly arrivedMs: readonly number[];
  }[];
}

export type Line =
  | ({ readonly kind: 'gap' } & Gap)
  | { readonly kind: 'answered'; readonly atMs: number; readonly afterMs: number }
  | { readonly kind: 'begins' | 'ends' | 'speaks' | 'arrived'; readonly host: string; readonly atMs: number }
  | { readonly kind: 'listening' }
  | ProbeSummary
  | AnsweringSummary
  | ArrivalsSummary;

export interface InstrumentChoice {
  readonly to?: string;
  readonly everyMs?: number;
  /** More requests than this in a row without an answer are a gap; 3 without it. */
  readonly gapBeats?: number;
  /** The host that asks; without it the client does. */
  readonly from?: string;
  /** Do not wait for a first answer: nobody holds the address yet. */
  readonly unanswered?: boolean;
}

export class Instrument<Summary extends { readonly kind: 'summary' }> {
  /** Bounded by what the instruments bound: a line for each gap or interval. */
  readonly lines: Line[] = [];
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private errors = '';
  private woken: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.child = child;
    this.closed = once(child, 'close');
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    if (child.stdout === null) throw new Error('an instrument without standard output');
    createInterface(child.stdout).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.woken();
    });
    child.on('close', () => this.woken());
  }

  static async start<S extends { readonly kind: 'summary' }>(
    what: 'probe' | 'answering' | 'arrivals',
    lab: Description,
    choice: InstrumentChoice,
  ): Promise<Instrument<S>> {
    const args = ['--name', lab.name, what];
    if (choice.from !== undefined) args.push('--from', choice.from);
    if (choice.to !== undefined) args.push('--to', choice.to);
    if (choice.everyMs !== undefined) args.push('--every', String(choice.everyMs));
    if (choice.gapBeats !== undefined) args.push('--gap', String(choice.gapBeats));
    const instrument = new Instrument<S>(spawn(script, args, { stdio: 'pipe' }));
    if (choice.unanswered !== true) {
      const first = ['answered', 'begins', 'listening'];
      await instrument.until(({ kind }) => first.includes(kind), 10_000);
    }
    return instrument;
  }

  /** The first line that fits, as soon as it is reported. */
  async until(fits: (line: Line) => boolean, withinMs: number): Promise<Line> {
    const end = performance.now() + withinMs;
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`the instrument ended too early: ${this.errors}`);
      const left = end - performance.now();
      if (left <= 0) throw new Error(`no such line in ${withinMs} ms: ${JSON.stringify(this.lines.slice(-5))}`);
      await this.nextLine(left);
    }
  }

  async stop(): Promise<Summary> {
    this.child.stdin?.end();
    await this.closed;
    const last = this.lines.at(-1);
    if (last?.kind !== 'summary') throw new Error(`the instrument gave no summary: ${this.errors}`);
    return last as unknown as Summary;
  }

  private nextLine(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.woken = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
