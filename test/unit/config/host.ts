// A host that has what the tests name, and the smallest good configuration with places to break it.

import { type Compiled, compile } from '#config/compile';
import { formatFinding } from '#config/finding';
import type { HostFacts, PathFacts } from '#model/host-facts';
import type { Settings } from '#model/settings';

const files: Readonly<Record<string, PathFacts>> = {
  '/etc/locum/cluster.key': { kind: 'file', mode: 0o600, uid: 0 },
  '/etc/locum/open.key': { kind: 'file', mode: 0o640, uid: 0 },
  '/etc/locum/other.key': { kind: 'file', mode: 0o400, uid: 1000 },
  '/dev/watchdog': { kind: 'other', what: 'a device' },
  '/dev/sda': { kind: 'other', what: 'a disk' },
  '/etc/locum': { kind: 'other', what: 'a directory' },
  '/root/secret.key': { kind: 'unknown', error: 'EACCES' },
  '/usr/bin/check': { kind: 'file', mode: 0o755, uid: 0 },
  '/usr/sbin/fence_dummy': { kind: 'file', mode: 0o755, uid: 0 },
  '/usr/bin/notes': { kind: 'file', mode: 0o644, uid: 0 },
};

export const host: HostFacts = {
  hostName: 'lb1',
  uid: 0,
  tickMs: 4,
  path: (path) => files[path] ?? { kind: 'missing' },
  hasInterface: (name) => name === 'eth0' || name === 'eth1',
  hasUser: (name) => name === 'root' || name === 'nobody',
};

export interface Parts {
  /** Line 4. */
  readonly cluster?: string;
  /** Line 8. */
  readonly addresses?: string;
  /** Line 9. */
  readonly group?: string;
  /** Line 10 and on. */
  readonly rest?: string;
}

export function config({ cluster = '', addresses = '["192.0.2.10"]', group = '', rest = '' }: Parts = {}): string {
  return `[cluster]
name = "edge"
auth = "none"
${cluster}
[[group]]
name = "web"
interface = "eth0"
addresses = ${addresses}
${group}
${rest}
`;
}

export function problemsOf(text: string, facts: HostFacts = host): readonly string[] {
  const compiled = compile(text, 'f.toml', facts);
  return compiled.kind === 'bad' ? compiled.problems.map(formatFinding) : [];
}

export function warningsOf(text: string, facts: HostFacts = host): readonly string[] {
  return compile(text, 'f.toml', facts).warnings.map(formatFinding);
}

export function settingsOf(text: string, facts: HostFacts = host): Settings {
  return good(compile(text, 'f.toml', facts));
}

function good(compiled: Compiled): Settings {
  if (compiled.kind === 'good') return compiled.settings;
  throw new Error(compiled.problems.map(formatFinding).join('\n'));
}
