// What many runs came to: counts, the worst of each kind, and the findings with what replays them.

import type { Asked } from './plan.ts';
import type { Outcome } from './run.ts';

export class Tally {
  hours = 0;
  steps = 0;
  moves = 0;
  rests = 0;
  readonly findings: Outcome[] = [];
  readonly reached = new Map<string, number>();
  readonly worstOverlapMs = new Map<string, number>();
  /** In intervals, by mode. */
  readonly worstVacancy = new Map<string, number>();
  readonly modes = new Map<string, number>();

  take(outcome: Outcome): void {
    this.hours += 1;
    this.steps += outcome.steps;
    this.moves += outcome.moves;
    this.rests += outcome.rests;
    if (outcome.finding !== null) this.findings.push(outcome);
    for (const [kind, count] of Object.entries(outcome.reached)) {
      this.reached.set(kind, (this.reached.get(kind) ?? 0) + count);
    }
    const { mode } = outcome;
    for (const [cause, ms] of outcome.worstOverlapMs) {
      const why = mode === 'quorum' ? `${cause} (quorum)` : cause;
      this.worstOverlapMs.set(why, Math.max(ms, this.worstOverlapMs.get(why) ?? 0));
    }
    this.modes.set(mode, (this.modes.get(mode) ?? 0) + 1);
    this.worstVacancy.set(mode, Math.max(outcome.worstVacancy, this.worstVacancy.get(mode) ?? 0));
  }

  /** One line; without the seconds where they were spent on other things besides. */
  summary(seconds?: number): string {
    const found = this.findings.length === 0 ? 'nothing found' : `${this.findings.length} FOUND`;
    const pace =
      seconds === undefined
        ? ''
        : ` in ${seconds.toFixed(0)} s (${((1000 * seconds) / Math.max(1, this.hours)).toFixed(0)} ms each)`;
    return `${this.hours} cluster-hours${pace}, ${this.steps} steps, ${this.moves} moves: ${found}`;
  }

  /** The details, a line each. */
  details(): string[] {
    const reached = [...this.reached]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, count]) => `${kind} ${count}`);
    const overlaps = [...this.worstOverlapMs].map(([why, ms]) => `${why} ${ms.toFixed(0)} ms`);
    const vacancies = [...this.worstVacancy].map(([mode, worst]) => `${worst.toFixed(1)} intervals (${mode})`);
    const modes = [...this.modes].map(([mode, count]) => `${mode} ${count}`);
    return [
      `modes: ${modes.join(', ')}`,
      `faults: ${reached.join(', ')}`,
      `longest with two holders, by cause: ${overlaps.join(', ') || 'none'}`,
      `longest without a holder while undisturbed: ${vacancies.join(', ')}; ${this.rests} times at rest`,
    ];
  }
}

export function replayCommand(seed: number, asked: Asked): string {
  const options = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ['npm run sim --', `--seed ${seed}`, ...options].join(' ');
}
