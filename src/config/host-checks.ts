// What the host must have for a configuration to work: programs that can run, users, a key that
// nobody else can read. The facts come in as values; what an interface lacks is waited for.

import type { HostFacts, PathFacts } from '#model/host-facts';
import type { KeyPath, Report } from './finding.ts';
import { quote, shellWord } from './wording.ts';

export function checkProgram(path: string, at: KeyPath, report: Report, host: HostFacts): void {
  const facts = host.path(path);
  const found = quote(path);
  const missing = notAFile(facts, path);
  if (missing !== null) {
    report.problem(at, `expected a program, found ${missing}.`);
  } else if (facts.kind === 'file' && (facts.mode & 0o111) === 0) {
    const mode = modeText(facts.mode);
    report.problem(
      at,
      `expected a program, found ${found} with mode ${mode}, which no user may execute. Run: chmod +x ${shellWord(path)}`,
    );
  }
}

export function checkKeyFile(path: string, at: KeyPath, report: Report, host: HostFacts): void {
  const facts = host.path(path);
  if (facts.kind !== 'file') {
    const hint = facts.kind === 'missing' ? ` Make a key with: locum keygen ${shellWord(path)}` : '';
    report.problem(at, `expected a key file, found ${notAFile(facts, path) ?? ''}.${hint}`);
    return;
  }
  if ((facts.mode & 0o077) !== 0) {
    const found = `found mode ${modeText(facts.mode)}`;
    report.problem(at, `expected a key file that only its owner can read, ${found}. Run: chmod 600 ${shellWord(path)}`);
  }
  if (facts.uid !== host.uid && facts.uid !== 0) {
    const found = `found one of uid ${facts.uid}`;
    report.problem(at, `expected a key file of root or of the user that runs locum (uid ${host.uid}), ${found}.`);
  }
}

/** A named pipe may stand for one in a trial; anything else would be written to. */
export function checkWatchdog(path: string, at: KeyPath, report: Report, host: HostFacts): void {
  const facts = host.path(path);
  if (facts.kind === 'unknown') return;
  if (facts.kind === 'other' && (facts.what === 'a device' || facts.what === 'a named pipe')) return;
  const found = facts.kind === 'file' ? `a regular file at ${quote(path)}` : (notAFile(facts, path) ?? '');
  const hint =
    facts.kind === 'missing' ? ' Load its driver: modprobe softdog, where the host has none of its own.' : '';
  report.problem(at, `expected a watchdog device, found ${found}.${hint}`);
}

export function checkUser(user: string, at: KeyPath, report: Report, host: HostFacts): void {
  if (!host.hasUser(user))
    report.problem(at, `expected a user of this host, found ${quote(user)}, who does not exist.`);
}

/** One warning for each interface, however many keys name it. BOUNDED by the interfaces named. */
export class InterfaceCheck {
  readonly #seen = new Set<string>();
  readonly #report: Report;
  readonly #host: HostFacts;

  constructor(report: Report, host: HostFacts) {
    this.#report = report;
    this.#host = host;
  }

  check(name: string, at: KeyPath): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    if (!this.#host.hasInterface(name))
      this.#report.warn(at, `there is no interface ${quote(name)} now; it is waited for.`);
  }
}

/** What stands where a regular file should be, or null for a regular file. */
function notAFile(facts: PathFacts, path: string): string | null {
  if (facts.kind === 'file') return null;
  if (facts.kind === 'missing') return `nothing at ${quote(path)}`;
  if (facts.kind === 'other') return `${facts.what} at ${quote(path)}`;
  return `${quote(path)}, which this user cannot look at (${facts.error})`;
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
