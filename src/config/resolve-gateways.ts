// The gateways whose answers tell whether this host is cut off. None of them may move with a group: whoever holds the
// group would always reach itself.

import type { Report } from './finding.ts';
import type { Written } from './schema.ts';
import { completeAll } from './shape.ts';
import { quote } from './wording.ts';

export function resolveGateways(written: Written, report: Report): readonly string[] | undefined {
  const gateways = written.safety?.gateway;
  if (gateways === undefined) return undefined;
  const moving = new Set(written.group?.flatMap((group) => group?.addresses?.map((each) => each?.ip.address) ?? []));
  for (const [i, gateway] of gateways.entries()) {
    if (gateway === undefined || !moving.has(gateway)) continue;
    const found = `found ${quote(gateway)}, which moves with a group`;
    report.problem(['safety', 'gateway', i], `expected a gateway's own address, ${found}.`);
  }
  return completeAll(gateways);
}
