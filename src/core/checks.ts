// Whether this node is fit, as its check scripts say: when each runs, and how many outcomes in a row
// it takes to believe them. A check never overlaps itself; its first outcome counts at once.

import { earliest, type Instant, later, never } from '#lib/time';
import type { CheckOutcome, Input } from '#model/input';
import type { CheckSettings, GroupSettings } from '#model/settings';
import type { CheckState } from '#model/view';
import { raise, settle } from './problems.ts';
import type { Check } from './state.ts';
import { newId, setCheck, tell, type Turn } from './turn.ts';

export function startChecks(settings: readonly CheckSettings[], now: Instant): Check[] {
  return settings.map(({ name }) => ({
    name,
    state: 'unknown',
    since: now,
    against: 0,
    running: null,
    nextAt: now,
    last: null,
  }));
}

export function runDueChecks(turn: Turn): void {
  if (turn.state.stopping !== null) return;
  for (const [index, check] of turn.state.checks.entries()) {
    if (check.running !== null || check.nextAt > turn.now) continue;
    const id = newId(turn);
    const { intervalMs } = askedOf(turn, check);
    const { name, state, since, against, last } = check;
    setCheck(turn, index, { name, state, since, against, running: id, nextAt: later(turn.now, intervalMs), last });
    turn.late.push({ kind: 'check', id, check: check.name });
  }
}

export function takeOutcome(turn: Turn, input: Extract<Input, { kind: 'checked' }>): void {
  const index = turn.state.checks.findIndex((check) => check.name === input.check && check.running === input.id);
  const check = turn.state.checks[index];
  if (check === undefined) {
    turn.state.staleOutcomes += 1;
    return;
  }
  const asked = askedOf(turn, check);
  const good = input.outcome.kind === 'exit' && input.outcome.code === 0;
  const last = { outcome: input.outcome, ms: input.ms, output: input.output };
  const next = believe(check, asked, good);
  const changed = next.state !== check.state;
  const since = changed ? turn.now : check.since;
  const { name, nextAt } = check;
  setCheck(turn, index, { name, state: next.state, since, against: next.against, running: null, nextAt, last });
  if (!changed) return;
  turn.stirred = true;
  tell(turn, {
    code: 'check',
    check: check.name,
    from: check.state,
    to: next.state,
    outcome: input.outcome,
    output: input.output,
  });
  if (next.state === 'failing')
    raise(turn, { code: 'check-failing', check: check.name, outcome: outcomeWord(input.outcome) });
  else settle(turn, (problem) => problem.code === 'check-failing' && problem.check === check.name);
}

/** The check that keeps a group from being held here, if one fails. */
export function failingCheck(turn: Turn, asked: GroupSettings): Check | null {
  return ofGroup(turn, asked).find((c) => c.state === 'failing' && askedOf(turn, c).onFail.kind !== 'weight') ?? null;
}

export function unknownCheck(turn: Turn, asked: GroupSettings): Check | null {
  return ofGroup(turn, asked).find((check) => check.state === 'unknown') ?? null;
}

/** What each check of the group adds to its priority now. */
export function termsOf(turn: Turn, asked: GroupSettings): { check: string; weight: number }[] {
  return ofGroup(turn, asked).map((check) => {
    const { onFail } = askedOf(turn, check);
    return { check: check.name, weight: onFail.kind === 'weight' && check.state === 'failing' ? onFail.weight : 0 };
  });
}

export function checksWakeAt(turn: Turn): Instant {
  if (turn.state.stopping !== null) return never;
  let at = never;
  for (const { running, nextAt } of turn.state.checks) if (running === null) at = earliest(at, nextAt);
  return at;
}

export function outcomeWord(outcome: CheckOutcome): string {
  switch (outcome.kind) {
    case 'exit':
      return `exit ${outcome.code}`;
    case 'signal':
      return `signal ${outcome.signal}`;
    case 'timeout':
      return 'timeout';
    case 'cannot-run':
      return `cannot run: ${outcome.error}`;
  }
}

function believe(check: Check, asked: CheckSettings, good: boolean): { state: CheckState; against: number } {
  const said: CheckState = good ? 'passing' : 'failing';
  // A first failure counts at once, unless it costs the whole node: a service may not be up yet when its host starts.
  const harsh = !good && asked.onFail.kind === 'fence';
  if (check.state === 'unknown' && !harsh) return { state: said, against: 0 };
  if (check.state === said) return { state: said, against: 0 };
  const against = check.against + 1;
  const needed = good ? asked.rise : asked.fall;
  return against >= needed ? { state: said, against: 0 } : { state: check.state, against };
}

function ofGroup(turn: Turn, asked: GroupSettings): Check[] {
  return turn.state.checks.filter((check) => asked.checks.includes(check.name));
}

function askedOf(turn: Turn, check: Check): CheckSettings {
  const asked = turn.settings.checks.find((candidate) => candidate.name === check.name);
  if (asked === undefined) throw new Error(`no check ${check.name}: settings and state disagree`);
  return asked;
}
