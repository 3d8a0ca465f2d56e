// Measurements as a table for people: median, least and greatest of each case, and how the two compare.

import type { Case, Measured } from './cases.ts';
import type { SubjectName } from './subject.ts';

export interface Row {
  readonly of: Case;
  readonly measured: Readonly<Partial<Record<SubjectName, readonly Measured[]>>>;
}

export const startMark = '<!-- handover: written by scripts/bench-handover --write -->';
export const endMark = '<!-- handover: end -->';

/** "Never" counts as longer than anything. */
const numbers = (all: readonly Measured[]): number[] =>
  all.map(({ value }) => value ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);

export function median(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (upper + lower) / 2;
}

function shown(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never¹';
  return value < 100 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

function cell(all: readonly Measured[] | undefined): string {
  if (all === undefined || all.length === 0) return '–';
  const sorted = numbers(all);
  const text = `**${shown(median(sorted))}** (${shown(sorted[0] ?? 0)} to ${shown(sorted.at(-1) ?? 0)})`;
  const both = all.flatMap(({ bothMs }) => bothMs ?? []);
  return both.length === 0 ? text : `${text}, two holders ${shown(Math.max(...both))}`;
}

function ratio(row: Row): string {
  const { locum, keepalived } = row.measured;
  if (!locum?.length || !keepalived?.length) return '–';
  const [ours, theirs] = [median(numbers(locum)), median(numbers(keepalived))];
  if (!Number.isFinite(theirs) || ours <= 0) return '–';
  return (ours / theirs).toFixed(2);
}

export function table(rows: readonly Row[]): string {
  const head = ['| case | interval | unit | locum | keepalived | ratio |', '|---|---|---|---|---|---|'];
  const body = rows.map(
    (row) =>
      `| ${row.of.title} | ${row.of.interval} | ${row.of.unit} | ${cell(row.measured.locum)} | ${cell(row.measured.keepalived)} | ${ratio(row)} |`,
  );
  return [...head, ...body].join('\n');
}

/** The text with what is between the marks replaced; the marks must be there, once. */
export function replaced(text: string, content: string): string {
  const [start, end] = [text.indexOf(startMark), text.indexOf(endMark)];
  if (start < 0 || end < start) throw new Error(`expected the lines '${startMark}' and '${endMark}', in this order`);
  return `${text.slice(0, start + startMark.length)}\n${content}\n${text.slice(end)}`;
}
