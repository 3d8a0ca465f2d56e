// `locum check`: every problem of the configuration, or the settings that would be in effect. Changes
// nothing and asks no daemon.

import type { Compiled } from '#config/compile';
import { describeSettings } from '#config/describe';
import { formatFinding } from '#config/finding';
import { exitCode } from './failure.ts';
import { loadConfig } from './load-config.ts';
import type { Places } from './places.ts';

export function check(places: Pick<Places, 'config'>, json: boolean): Promise<number> {
  const compiled = loadConfig(places.config);
  if (json) process.stdout.write(`${JSON.stringify(jsonOf(compiled, places.config), null, 2)}\n`);
  else printForPeople(compiled, places.config);
  return Promise.resolve(compiled.kind === 'good' ? exitCode.done : exitCode.configuration);
}

function jsonOf(compiled: Compiled, file: string): unknown {
  const { warnings } = compiled;
  return compiled.kind === 'good'
    ? { ok: true, file, problems: [], warnings, settings: describeSettings(compiled.settings).json }
    : { ok: false, file, problems: compiled.problems, warnings };
}

function printForPeople(compiled: Compiled, file: string): void {
  process.stderr.write(findingText(compiled));
  if (compiled.kind === 'good') {
    process.stdout.write(`${describeSettings(compiled.settings).lines.join('\n')}\n`);
    return;
  }
  const { length } = compiled.problems;
  process.stderr.write(`locum: ${length} problem${length === 1 ? '' : 's'} in ${file}\n`);
}

/** What `check` and `run` print of a configuration, a line each. */
export function findingText(compiled: Compiled): string {
  const problems = compiled.kind === 'bad' ? compiled.problems : [];
  const lines = [
    ...compiled.warnings.map((finding) => formatFinding({ ...finding, message: `warning: ${finding.message}` })),
    ...problems.map(formatFinding),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
