// The last moments of a run, to be read: what the weather did, what was lost, what each daemon did and why, and who
// answered.

import { problemSentence } from '#ops/problem-sentences';
import { reasonSentence } from '#ops/sentences';
import type { DaemonEvent } from '#model/event';
import { tellSeed } from './run.ts';
import type { Asked } from './plan.ts';
import type { Note } from './trace.ts';

/** The lines of the story before the finding, oldest first, the times in ms. */
export function storyOf(seed: number, asked: Asked, lastMs: number): string[] {
  const { outcome, trace } = tellSeed(seed, asked);
  const end = outcome.finding?.at ?? Number.POSITIVE_INFINITY;
  const from = (Number.isFinite(end) ? end : (trace.notes.at(-1)?.at ?? 0)) - lastMs;
  const lines = trace.notes.filter(({ at }) => at >= from).flatMap(({ at, note }) => line(at, wordsOf(note)));
  if (outcome.finding === null) return lines;
  const { at, checker, words } = outcome.finding;
  return [...lines, ...line(at, `FOUND by ${checker}: ${words}`)];
}

function line(at: number, words: string | null): string[] {
  return words === null ? [] : [`${at.toFixed(1).padStart(12)}  ${words}`];
}

function wordsOf(note: Note): string | null {
  if ('words' in note) return `-- ${note.words}`;
  if ('answering' in note) return `=  group ${note.group} is answered for by ${note.answering.join(' ') || 'nobody'}`;
  const said = eventWords(note.event);
  return said === null ? null : `   ${note.host}: ${said}`;
}

function eventWords(event: DaemonEvent): string | null {
  switch (event.code) {
    case 'group':
      return `${event.group} ${event.from} -> ${event.to}: ${reasonSentence(event.reason)}`;
    case 'peer':
      return `${event.peer} is ${event.to}`;
    case 'path':
      return null;
    case 'check':
      return `check ${event.check} is ${event.to}`;
    case 'link':
      return `link ${event.interface} is ${event.to}`;
    case 'problem':
      return `problem: ${problemSentence(event.problem)}`;
    case 'problem-over':
      return `over: ${event.problem.code}`;
    case 'late':
      return `ran ${event.lateMs.toFixed(1)} ms late`;
    default:
      return event.code;
  }
}
