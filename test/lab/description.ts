// What scripts/lab writes about a lab it made, and the command line that all instruments share.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface Host {
  readonly name: string;
  readonly namespace: string;
  readonly mac: string;
  readonly dir: string;
}

export interface Description {
  readonly name: string;
  readonly dir: string;
  readonly prefix: string;
  readonly addresses: readonly string[];
  readonly client: { readonly namespace: string };
  /** Who asks hosts by their MAC: neither the client nor anybody that a stack answers for. */
  readonly witness: { readonly mac: string; readonly ipv4: string; readonly ipv6: string };
  readonly hosts: readonly Host[];
}

export function readDescription(dir: string): Description {
  return JSON.parse(readFileSync(`${dir}/lab.json`, 'utf8')) as Description;
}

export interface InstrumentOptions {
  readonly lab: Description;
  readonly to: string;
  readonly everyMs: number;
  readonly forMs: number;
  /** More requests than this in a row without an answer are a gap. */
  readonly gapBeats: number;
}

export function instrumentOptions(): InstrumentOptions {
  const { values } = parseArgs({
    options: {
      lab: { type: 'string' },
      to: { type: 'string' },
      every: { type: 'string', default: '1' },
      for: { type: 'string', default: '0' },
      gap: { type: 'string', default: '3' },
    },
  });
  if (values.lab === undefined) throw new Error('--lab DIR is missing: run this as scripts/lab probe');
  const lab = readDescription(values.lab);
  const to = values.to ?? lab.addresses[0];
  if (to === undefined) throw new Error('this lab has no virtual address: name one with --to');
  return {
    lab,
    to,
    everyMs: positive('every', values.every),
    forMs: positive('for', values.for, 0) * 1000,
    gapBeats: positive('gap', values.gap),
  };
}

function positive(name: string, text: string, least = Number.MIN_VALUE): number {
  const value = Number(text);
  if (!(value >= least)) throw new Error(`--${name}: expected a number above zero, found '${text}'`);
  return value;
}

/** A line of JSON on standard output, at once. */
export function report(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** To a microsecond: more digits would claim what no clock here can know. */
export const micro = (ms: number): number => Math.round(ms * 1000) / 1000;
