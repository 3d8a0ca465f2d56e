// Names that only one group, or one check, may have.

import type { Report } from './finding.ts';
import { quote } from './wording.ts';

export function reportRepeats(
  kind: 'group' | 'check',
  all: readonly ({ readonly name: string | undefined } | undefined)[],
  report: Report,
): void {
  const first = new Map<string, number>();
  for (const [i, each] of all.entries()) {
    if (each?.name === undefined) continue;
    const earlier = first.get(each.name);
    if (earlier === undefined) {
      first.set(each.name, i);
      continue;
    }
    const line = report.lineOf([kind, earlier, 'name']);
    report.problem(
      [kind, i, 'name'],
      `expected a name of its own, found ${quote(each.name)}, as ${kind}[${earlier}] on line ${line}.`,
    );
  }
}
