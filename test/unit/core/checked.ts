// A check script on the bench: what is asked for, and what its run under way said.

import type { Effect } from '#model/effect';
import type { CheckOutcome } from '#model/input';
import type { CheckSettings } from '#model/settings';
import type { Bench } from './bench.ts';

export function checkOf(change: Partial<CheckSettings> = {}): CheckSettings {
  const times = { intervalMs: 1000, timeoutMs: 1000, rise: 1, fall: 1 };
  return { name: 'service', script: ['/bin/true'], ...times, onFail: { kind: 'fault' }, user: 'nobody', ...change };
}

/** Where none is under way it is an outcome of a run that nobody remembers. */
export function checked(bench: Bench, said: CheckOutcome | number): readonly Effect[] {
  const [check] = bench.settings.checks;
  if (check === undefined) throw new Error('no check on the bench');
  const id = bench.state.checks[0]?.running ?? 0;
  const outcome: CheckOutcome = typeof said === 'number' ? { kind: 'exit', code: said } : said;
  return bench.step({ kind: 'checked', id, check: check.name, outcome, ms: 1, output: '' });
}
