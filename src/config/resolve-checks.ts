// Checks and the hook: what their keys mean to each other and to the host.

import type { HostFacts } from '#model/host-facts';
import type { CheckSettings, HookSettings } from '#model/settings';
import type { KeyPath, Report } from './finding.ts';
import { checkProgram, checkUser } from './host-checks.ts';
import { reportRepeats } from './repeats.ts';
import type { Written, WrittenCheck } from './schema.ts';
import { complete, completeAll } from './shape.ts';

export function resolveChecks(
  written: Written['check'],
  report: Report,
  host: HostFacts,
): readonly CheckSettings[] | undefined {
  if (written === undefined) return undefined;
  reportRepeats('check', written, report);
  return completeAll(written.map((check, i) => check && resolveCheck(check, ['check', i], report, host)));
}

function resolveCheck(check: WrittenCheck, at: KeyPath, report: Report, host: HostFacts): CheckSettings | undefined {
  const program = check.script?.[0];
  if (program !== undefined) checkProgram(program, [...at, 'script', 0], report, host);
  if (check.user !== undefined) checkUser(check.user, [...at, 'user'], report, host);
  return complete<CheckSettings>({
    name: check.name,
    script: check.script,
    intervalMs: check.interval,
    timeoutMs: check.timeout,
    rise: check.rise,
    fall: check.fall,
    onFail: resolveOnFail(check, [...at, 'weight'], report),
    user: check.user,
  });
}

function resolveOnFail(check: WrittenCheck, at: KeyPath, report: Report): CheckSettings['onFail'] | undefined {
  const { on_fail: onFail, weight } = check;
  if (onFail === undefined || weight === undefined) return undefined;
  if (onFail === 'weight') {
    if (weight === null) return report.problem(at, 'expected a weight, because on_fail is "weight", found nothing.');
    if (weight === 0)
      return report.problem(at, 'expected a weight other than 0, which changes nothing, found the number 0.');
    return { kind: 'weight', weight };
  }
  if (weight !== null) {
    const hint = 'Add on_fail = "weight", or leave the weight out.';
    return report.problem(
      at,
      `expected no weight, because on_fail is "${onFail}", found the number ${weight}. ${hint}`,
    );
  }
  return { kind: onFail };
}

export function resolveHook(
  written: Written['hooks'],
  report: Report,
  host: HostFacts,
): HookSettings | null | undefined {
  if (written === undefined) return undefined;
  const { change, timeout, user } = written;
  const at: KeyPath = ['hooks', 'change'];
  if (change === null) {
    if (timeout === null && user === null) return null;
    return report.problem(at, 'expected a program, because [hooks] says how to run it, found nothing.');
  }
  if (change?.[0] !== undefined) checkProgram(change[0], [...at, 0], report, host);
  const runAs = user === null ? 'root' : user;
  if (runAs !== undefined) checkUser(runAs, ['hooks', 'user'], report, host);
  return complete<HookSettings>({
    command: change,
    timeoutMs: timeout === null ? 10_000 : timeout,
    user: runAs,
  });
}
