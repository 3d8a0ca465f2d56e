// A node that votes and never holds. It needs no group, so it has to be told where its adverts go.

import type { Report } from './finding.ts';
import type { Written } from './schema.ts';

export function resolveWitness({ node, safety, cluster, group }: Written, report: Report): boolean | undefined {
  const witness = node?.witness;
  if (witness !== true) return witness;
  const at = ['node', 'witness'];
  if (safety?.mode === 'availability') {
    return report.problem(at, 'expected [safety] mode = "quorum" beside a witness: nobody votes in availability mode.');
  }
  const told = cluster?.paths !== null || (cluster.peers !== null && cluster.peers?.length !== 0);
  if (told || (group ?? []).length > 0) return witness;
  return report.problem(
    at,
    'expected cluster.paths or cluster.peers for a witness without a group, found neither. Write paths = ["eth0"].',
  );
}
