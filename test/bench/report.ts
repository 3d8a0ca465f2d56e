// docs/benchmarks.md and what lies beside it: the page is written by hand around regions between marks, and only those
// are written here, from the results and nothing else.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { charts } from './charts.ts';
import type { Results } from './results.ts';
import { sections } from './sections.ts';

export const beginMark = (name: string): string => `<!-- bench: ${name}, written by scripts/bench --write -->`;
export const endMark = (name: string): string => `<!-- bench: ${name}, end -->`;

export const report = (results: Results): string =>
  sections.map(({ title, text }) => `## ${title}\n\n${text(results)}\n`).join('\n');

export function writeReport(docs: string, results: Results): void {
  const page = `${docs}/benchmarks.md`;
  const filled = sections.reduce(
    (text, section) => replaced(text, section.name, section.text(results)),
    readFileSync(page, 'utf8'),
  );
  mkdirSync(`${docs}/benchmarks`, { recursive: true });
  writeFileSync(page, filled);
  writeFileSync(`${docs}/benchmarks/results.json`, printed(results));
  for (const { file, draw } of charts) writeFileSync(`${docs}/benchmarks/${file}`, draw(results));
}

/** The text with what is between the marks of that name replaced; they must be there, once and in this order. */
export function replaced(text: string, name: string, content: string): string {
  const [begin, end] = [beginMark(name), endMark(name)];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected the lines '${begin}' and '${end}', in this order`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** A line for each row, so that a change of a part is a change of its lines. */
function printed({ sessions, rows }: Results): string {
  const lines = (all: readonly unknown[]): string => all.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `{\n  "sessions": [\n${lines(sessions)}\n  ],\n  "rows": [\n${lines(rows)}\n  ]\n}\n`;
}
