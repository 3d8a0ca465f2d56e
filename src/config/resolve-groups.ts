// Groups and their addresses: defaults that come from elsewhere, checks by name, and no address
// twice, however it is spelled.

import { parseIp } from '#lib/ip';
import type { AnnounceSettings, GroupSettings, VirtualAddress } from '#model/settings';
import { isLinkLocal6, type WrittenAddress } from './address-kinds.ts';
import type { KeyPath, Report } from './finding.ts';
import type { InterfaceCheck } from './host-checks.ts';
import { didYouMean } from './near-miss.ts';
import { reportRepeats } from './repeats.ts';
import type { Written, WrittenAnnounce, WrittenGroup } from './schema.ts';
import { complete, completeAll } from './shape.ts';
import { keyText } from './finding.ts';
import { quote, sentence } from './wording.ts';

interface Around {
  readonly report: Report;
  readonly interfaces: InterfaceCheck;
  /** It holds nothing: what is written is checked, and left alone. */
  readonly witness: boolean;
  readonly nodePriority: number | undefined;
  /** The names of all checks that have a right one, in their order. */
  readonly checks: readonly string[];
}

export function resolveGroups(written: Written['group'], around: Around): readonly GroupSettings[] | undefined {
  if (written === undefined) return undefined;
  if (written.length === 0 && around.witness) return [];
  if (written.length === 0) return around.report.problem(['group'], 'expected at least one [[group]], found none.');
  reportRepeats('group', written, around.report);
  reportRepeatedAddresses(written, around.report);
  const groups = completeAll(written.map((group, i) => group && resolveGroup(group, ['group', i], around)));
  if (!around.witness || groups === undefined) return groups;
  around.report.warn(['group', 0], 'this is not used: a witness holds nothing.');
  return [];
}

function resolveGroup(group: WrittenGroup, at: KeyPath, around: Around): GroupSettings | undefined {
  if (group.interface !== undefined) around.interfaces.check(group.interface, [...at, 'interface']);
  const addresses = group.addresses?.map((written, i) =>
    resolveAddress(written, group.interface, [...at, 'addresses', i], around),
  );
  return complete<GroupSettings>({
    name: group.name,
    interface: group.interface,
    addresses: addresses && completeAll(addresses),
    priority: group.priority === null ? around.nodePriority : group.priority,
    preempt: group.preempt,
    preemptDelayMs: group.preempt_delay,
    checks: resolveCheckNames(group.checks, [...at, 'checks'], around),
    announce: group.announce && resolveAnnounce(group.announce, [...at, 'announce'], around.report),
  });
}

function resolveAddress(
  written: WrittenAddress | undefined,
  groupInterface: string | undefined,
  at: KeyPath,
  around: Around,
): VirtualAddress | undefined {
  if (written === undefined) return undefined;
  if (typeof written.interface === 'string') around.interfaces.check(written.interface, [...at, 'interface']);
  return complete<VirtualAddress>({
    ...written.ip,
    interface: written.interface === null ? groupInterface : written.interface,
    label: written.label,
  });
}

function resolveCheckNames(
  written: WrittenGroup['checks'],
  at: KeyPath,
  { checks, report }: Around,
): readonly string[] | undefined {
  if (written === null) return checks;
  const known = new Set(checks);
  for (const [i, name] of (written ?? []).entries()) {
    if (name === undefined || known.has(name)) continue;
    const hint = didYouMean(name, checks) || (checks.length === 0 ? 'There is no [[check]].' : '');
    report.problem([...at, i], sentence(`expected the name of a [[check]], found ${quote(name)}`, hint));
  }
  return written && completeAll(written);
}

function resolveAnnounce(announce: WrittenAnnounce, at: KeyPath, report: Report): AnnounceSettings | undefined {
  const { refresh } = announce;
  if (refresh !== undefined && refresh > 0 && refresh < 1000) {
    report.problem([...at, 'refresh'], `expected "0s" for none, or at least "1s", found "${refresh}ms".`);
  }
  return complete<AnnounceSettings>({
    count: announce.count,
    intervalMs: announce.interval,
    againAfterMs: announce.again_after,
    refreshMs: refresh,
  });
}

/** A link-local address means something else on each interface; any other is one address everywhere. */
function reportRepeatedAddresses(groups: NonNullable<Written['group']>, report: Report): void {
  const first = new Map<string, KeyPath>();
  for (const [i, group] of groups.entries()) {
    for (const [j, written] of (group?.addresses ?? []).entries()) {
      if (written === undefined) continue;
      const at = ['group', i, 'addresses', j];
      const { address } = written.ip;
      const bytes = parseIp(address);
      const isLocal = bytes !== null && isLinkLocal6(bytes);
      const name = isLocal ? `${address}%${written.interface ?? group?.interface ?? ''}` : address;
      const earlier = first.get(name);
      if (earlier === undefined) {
        first.set(name, at);
        continue;
      }
      const where = `${keyText(earlier)} on line ${report.lineOf(earlier)}`;
      report.problem(at, `expected an address that is given once, found ${quote(address)} again; it is in ${where}.`);
    }
  }
}
