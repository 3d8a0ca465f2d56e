// Numbers and tables as people read them in Markdown: the median first, then how far the samples lie apart.

import { type Results, type Session, spreadIn } from './results.ts';
import { ratioOf, type Spread } from './stats.ts';
import type { SubjectName } from './subject.ts';
import { found, type Target, targetOf } from './targets.ts';

export const nothing = '–';

/** Three figures, more or less: what lies behind them is noise. */
export function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'no end';
  if (value === 0) return '0';
  if (value < 1) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

export function spread(of: Spread | null): string {
  if (of === null) return nothing;
  const { median, least, greatest } = of;
  const [low, high] = [number(least), number(greatest)];
  return low === high ? `**${number(median)}**` : `**${number(median)}** (${low} to ${high})`;
}

export const ratio = (value: number | null): string => (value === null ? nothing : value.toFixed(value < 0.1 ? 3 : 2));

export const limit = ({ of, most }: Target): string => (of === 'ratio' ? `≤ ${most}` : `locum ≤ ${most}`);

export function verdict(results: Results, target: Target): string {
  const value = found(results, target);
  if (value === null) return 'not measured';
  return value <= target.most ? 'met' : '**not met**';
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const pairHead = ['locum', 'keepalived', 'ratio', 'target'] as const;

/** One measure of both subjects, their ratio, and what it was to be. */
export function pair(results: Results, cell: string, measure: string): string[] {
  const of = (subject: SubjectName): Spread | null => spreadIn(results, cell, subject, measure);
  const [ours, theirs] = [of('locum'), of('keepalived')];
  const target = targetOf(cell, measure);
  const judged = target === undefined ? '' : `${limit(target)}: ${verdict(results, target)}`;
  return [spread(ours), spread(theirs), ratio(ratioOf(ours, theirs)), judged];
}

/** Which sessions the rows of a part come from; one, unless parts were measured apart. */
export function source(results: Results, ...parts: readonly string[]): string {
  const rows = results.rows.filter(({ cell }) => parts.some((part) => cell.startsWith(part)));
  const ids = new Set(rows.map(({ session }) => session));
  const sessions = results.sessions.filter(({ id }) => ids.has(id));
  if (sessions.length === 0) return 'Not measured yet.';
  const when = ({ id, runs }: Session): string =>
    `${id.slice(0, 16).replace('T', ' ')} (${runs} ${runs === 1 ? 'run' : 'runs'})`;
  const apart = sessions.length > 1 ? 'Measured in parts, ' : 'Measured ';
  return `${apart}${sessions.map(when).join(', ')}.`;
}
