// What a witness of the wire has seen, read as answers to a test's questions: until when did a host answer, and did two
// hosts answer at once. Owns no measuring; that is the instrument's.

import type { AnsweringSummary, Instrument } from './instrument.ts';

/** When this host was last heard to answer, on the clock of the instruments. */
export function lastAnswerMs(seen: AnsweringSummary, host: string): number {
  const last = seen.hosts.find((one) => one.host === host)?.any.at(-1);
  if (last === undefined) throw new Error(`${host} never answered while the witness looked`);
  return last[1];
}

/** How often somebody began to answer: 1 where the address never moved and never fell silent. */
export function spanCount(seen: AnsweringSummary): number {
  return seen.hosts.reduce((sum, { any }) => sum + any.length, 0);
}

export function untilSilent(witness: Instrument<AnsweringSummary>, host: string, withinMs: number): Promise<unknown> {
  return witness.until((line) => line.kind === 'ends' && line.host === host, withinMs);
}

export function untilAnswers(witness: Instrument<AnsweringSummary>, host: string, withinMs: number): Promise<unknown> {
  return witness.until((line) => line.kind === 'begins' && line.host === host, withinMs);
}
