// Fencing: what its keys mean to each other, to the checks and to the host. An agent that is named without a
// path is looked for where Debian has the ClusterLabs agents, and the settings name the file that was found.

import type { HostFacts } from '#model/host-facts';
import type { FenceKey, FenceSettings } from '#model/settings';
import type { KeyPath, Report } from './finding.ts';
import { checkProgram } from './host-checks.ts';
import type { Written } from './schema.ts';
import { complete, completeAll } from './shape.ts';
import { quote } from './wording.ts';

/** Where programs of the host are looked for, in this order. */
const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** They all fit the pipe through which the agent reads them. */
const mostKeyBytes = 3000;

interface Around {
  readonly nodes: readonly string[] | null | undefined;
  readonly report: Report;
  readonly host: HostFacts;
}

export function resolveFence(written: Written['fence'], around: Around): FenceSettings | undefined {
  if (written === undefined) return undefined;
  const { report, host } = around;
  const { self, peer, peer_required: peerRequired } = written;
  if (self?.[0] !== undefined) checkProgram(self[0], ['fence', 'self', 0], report, host);
  if (peerRequired === true) checkRequired(peer, around);
  const keys = written.peer_keys && completeAll(written.peer_keys);
  if (keys !== undefined) checkKeys(keys, peer, around);
  return complete<FenceSettings>({
    self,
    releaseMs: written.release === 'manual' ? null : written.release,
    peer: peer === undefined || peer === null ? peer : agentFound(peer, report, host),
    peerKeys: keys,
    timeoutMs: written.timeout,
    peerRequired,
  });
}

function checkRequired(peer: readonly string[] | null | undefined, { nodes, report }: Around): void {
  const at: KeyPath = ['fence', 'peer_required'];
  if (peer === null) report.problem(at, 'expected fence.peer too, the agent that would fence, found nothing.');
  if (nodes === null)
    report.problem(
      at,
      'expected cluster.nodes too, because a node that started waits until it has heard every one of them, found nothing.',
    );
}

function checkKeys(keys: readonly FenceKey[], peer: readonly string[] | null | undefined, around: Around): void {
  const { nodes, report } = around;
  if (keys.length > 0 && peer === null)
    report.problem(
      ['fence', 'peer_keys'],
      'expected fence.peer too, the agent that is told these keys, found nothing.',
    );
  const bytes = keys.reduce((sum, { key, value }) => sum + key.length + value.length + 2, 0);
  if (bytes > mostKeyBytes)
    report.problem(['fence', 'peer_keys'], `expected at most ${mostKeyBytes} characters, found ${bytes}.`);
  for (const [i, { node }] of keys.entries()) {
    if (node === null || nodes == null || nodes.includes(node)) continue;
    report.problem(['fence', 'peer_keys', i], `expected a node that cluster.nodes names, found ${quote(node)}.`);
  }
  if ((peer?.length ?? 0) > 1 && /(^|\/)fence_[^/]*$/.test(peer?.[0] ?? ''))
    report.warn(
      ['fence', 'peer'],
      'a ClusterLabs fence agent that is called with arguments does not read its standard input, so it is not told which node to fence. Give it what it needs with peer_keys.',
    );
}

/** A bare name stays as it is only where it is a problem. */
function agentFound(peer: readonly string[], report: Report, host: HostFacts): readonly string[] {
  const [program = '', ...rest] = peer;
  const at: KeyPath = ['fence', 'peer', 0];
  if (program.startsWith('/')) {
    checkProgram(program, at, report, host);
    return peer;
  }
  const found = searched.map((dir) => `${dir}/${program}`).find((path) => host.path(path).kind !== 'missing');
  if (found === undefined) {
    const hint = program.startsWith('fence_') ? ' Debian has such agents in the package fence-agents.' : '';
    report.problem(at, `expected a program, found no ${quote(program)} in ${searched.join(', ')}.${hint}`);
    return peer;
  }
  checkProgram(found, at, report, host);
  return [found, ...rest];
}
