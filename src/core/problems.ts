// The list of what is wrong now. A problem is raised once and told once, and told again when it is over.

import type { Problem } from '#model/problem';
import { sameFacts } from './same.ts';
import { problemsToWrite, tell, type Turn } from './turn.ts';

export function raise(turn: Turn, problem: Problem): void {
  const key = keyOf(problem);
  const known = turn.state.problems.get(key);
  if (known !== undefined && sameFacts(known.problem, problem)) return;
  problemsToWrite(turn).set(key, { problem, since: known?.since ?? turn.now });
  if (known === undefined && !hasOwnEvent(problem)) tell(turn, { code: 'problem', problem });
}

export function settle(turn: Turn, matches: (problem: Problem) => boolean): void {
  if (turn.state.problems.size === 0) return;
  for (const [key, { problem }] of turn.state.problems) {
    if (!matches(problem)) continue;
    problemsToWrite(turn).delete(key);
    if (!hasOwnEvent(problem)) tell(turn, { code: 'problem-over', problem });
  }
}

/** The transition behind these problems is told as such: one line is enough. */
function hasOwnEvent({ code }: Problem): boolean {
  return code === 'check-failing' || code === 'link-down' || code === 'interface-missing' || code === 'hook-failing';
}

/** The fields that name a problem; the others describe it and may change while it lasts. */
function keyOf(problem: Problem): string {
  switch (problem.code) {
    case 'peer-one-way':
      return `${problem.code} ${problem.peer} ${problem.path}`;
    case 'fence-failed':
    case 'fence-survived':
    case 'peer-config-differs':
    case 'voters-differ':
    case 'hold-too-long':
      return `${problem.code} ${problem.peer}`;
    case 'duplicate-name':
      return `${problem.code} ${problem.node}`;
    case 'dual-holder':
      return `${problem.code} ${problem.group} ${problem.peer}`;
    case 'path-unsendable':
      return `${problem.code} ${problem.path}`;
    case 'interface-missing':
    case 'link-down':
      return `${problem.code} ${problem.interface}`;
    case 'address-foreign':
    case 'address-refused':
    case 'address-removed':
    case 'address-stuck':
    case 'address-conflict':
      return `${problem.code} ${problem.group} ${problem.key}`;
    // One host that answers for several addresses of a group is one problem.
    case 'address-answered':
      return `${problem.code} ${problem.group} ${problem.mac}`;
    case 'check-failing':
      return `${problem.code} ${problem.check}`;
    case 'hook-failing':
      return `${problem.code} ${problem.group}`;
    case 'holder-silent-but-answers':
      return `${problem.code} ${problem.holder}`;
    case 'probe-blind':
      return `${problem.code} ${problem.key}`;
    // Whom it answers may change while it lasts.
    case 'gateway-unreached':
    case 'gateway-lost':
    case 'isolated':
    case 'fence-self-failed':
    case 'latch-unwritten':
    case 'lease-off':
    case 'lease-coarse':
    case 'lease-lapsed':
    case 'voters-changed':
    case 'no-peer-heard':
      return problem.code;
  }
}
