// What the links mean: which interfaces can carry a group, which paths can carry an advert, and which
// address breaks a tie.

import { later, latest } from '#lib/time';
import type { LinkFacts } from '#model/input';
import type { InterfaceName, PathName } from '#model/names';
import type { Reason } from '#model/reason';
import type { GroupSettings, Settings } from '#model/settings';
import { groupAt, changeGroup, tell, type Turn } from './turn.ts';
import { announceAgain } from './announcing.ts';
import { raise, settle } from './problems.ts';
import { downMs } from './timing.ts';

/** The most that an advert carries. */
const mostMacs = 16;

export function takeLinks(turn: Turn, links: readonly LinkFacts[]): void {
  const before = turn.state.links;
  turn.state.links = new Map(links.map((link) => [link.name, link]));
  turn.state.macs = ownMacs(turn);
  for (const name of interfacesOf(turn.settings)) {
    const was = before.get(name);
    const is = turn.state.links.get(name);
    tellLink(turn, name, was, is);
    if (was !== undefined && is !== undefined && was.mac !== is.mac) announceOn(turn, name);
    if (was?.up !== true && is?.up === true) delayStart(turn, name);
  }
  turn.stirred = true;
}

export function linkFault(turn: Turn, asked: GroupSettings): Reason | null {
  for (const name of groupInterfaces(asked)) {
    const link = turn.state.links.get(name);
    if (link === undefined) return { kind: 'interface-missing', interface: name };
    if (!link.up) return { kind: 'link-down', interface: name };
  }
  return null;
}

/** Whether an advert that was given to this path can have left the host. */
export function pathUsable(turn: Turn, path: PathName): boolean {
  const asked = turn.settings.transport.paths.find((candidate) => candidate.name === path);
  if (asked === undefined) return false;
  return asked.interface === null || turn.state.links.get(asked.interface)?.up === true;
}

export function tieBreakOf(turn: Turn, asked: GroupSettings): string | null {
  const link = turn.state.links.get(asked.interface);
  if (link === undefined) return null;
  const wants4 = asked.addresses.some((address) => address.family === 4);
  return (wants4 ? link.primary4 : null) ?? link.linkLocal6 ?? link.primary4;
}

/** Asked for with every look at a group, and settled with its settings. */
const interfacesOfGroups = new WeakMap<GroupSettings, readonly InterfaceName[]>();

function groupInterfaces(asked: GroupSettings): readonly InterfaceName[] {
  const known = interfacesOfGroups.get(asked);
  if (known !== undefined) return known;
  const names = [...new Set([asked.interface, ...asked.addresses.map((address) => address.interface)])];
  interfacesOfGroups.set(asked, names);
  return names;
}

function interfacesOf(settings: Settings): ReadonlySet<InterfaceName> {
  const names = new Set(settings.groups.flatMap(groupInterfaces));
  for (const path of settings.transport.paths) if (path.interface !== null) names.add(path.interface);
  return names;
}

function tellLink(turn: Turn, name: InterfaceName, was: LinkFacts | undefined, is: LinkFacts | undefined): void {
  const of = (link: LinkFacts | undefined) => (link === undefined ? 'missing' : link.up ? 'up' : 'down');
  const to = of(is);
  if (of(was) !== to) tell(turn, { code: 'link', interface: name, to });
  if (to !== 'missing') settle(turn, (p) => p.code === 'interface-missing' && p.interface === name);
  if (to !== 'down') settle(turn, (p) => p.code === 'link-down' && p.interface === name);
  if (to === 'missing') raise(turn, { code: 'interface-missing', interface: name });
  if (to === 'down') raise(turn, { code: 'link-down', interface: name });
}

/**
 * A port may block for a while from when its link came up, as with a spanning tree: so whoever is to listen for longer
 * than a down time begins then, the first time, and each time that it comes up again before that is over.
 */
function delayStart(turn: Turn, name: InterfaceName): void {
  const { startupDelayMs, transport } = turn.settings;
  const before = turn.state.upSince.get(name);
  if (startupDelayMs <= downMs(turn.settings)) return;
  if (before !== undefined && turn.now >= later(before, startupDelayMs)) return;
  turn.state.upSince = new Map(turn.state.upSince).set(name, turn.now);
  const carries = transport.paths.some((path) => path.interface === name);
  for (const index of turn.state.groups.keys()) {
    const { group, asked } = groupAt(turn, index);
    const waits = groupInterfaces(asked).includes(name) || (carries && group.listenUntil > turn.now);
    if (waits) changeGroup(turn, index, { listenUntil: latest(group.listenUntil, later(turn.now, startupDelayMs)) });
  }
}

/** The neighbours remember the old hardware address. */
function announceOn(turn: Turn, name: InterfaceName): void {
  for (const index of turn.state.groups.keys()) {
    const { group, asked } = groupAt(turn, index);
    if (group.role !== 'active' || !groupInterfaces(asked).includes(name)) continue;
    changeGroup(turn, index, { announcing: announceAgain(asked, turn.now) });
  }
}

/** An interface without an Ethernet address is known to nobody by it. */
function ownMacs(turn: Turn): readonly string[] {
  const names = new Set(turn.settings.groups.flatMap(groupInterfaces));
  const macs = [...names].map((name) => turn.state.links.get(name)?.mac.toLowerCase() ?? '');
  return [...new Set(macs.filter((mac) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)))].slice(0, mostMacs);
}
