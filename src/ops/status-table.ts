// `locum status` for people: what this node is, what is wrong, then groups, peers and checks. Takes the
// document as any client gets it; where it comes from and how often are absent on purpose.

import { schedulingWords } from './scheduling-words.ts';
import type { StatusCheck, StatusDocument, StatusGroup, StatusPeer } from './status-document.ts';
import { type Cell, cell, tableLines, type Tint, tinted, wrap } from './table.ts';
import { ageWords, durationWords, oneLine } from './words.ts';

export interface TableOptions {
  /** Null where lines may be as long as they like, as into a pipe: then a group is one line. */
  readonly width: number | null;
  readonly colour: boolean;
}

export function statusTable(status: StatusDocument, options: TableOptions): string {
  const sections = [headLines(status, options)];
  if (status.problems.length > 0) sections.push(problemLines(status, options));
  sections.push(section('groups', 'none configured', groupLines(status, options), status.groups.length));
  sections.push(section('peers', 'none heard so far', peerLines(status, options), status.peers.length));
  if (status.checks.length > 0) sections.push(checkLines(status, options));
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines(status: StatusDocument, options: TableOptions): string[] {
  const { adverts, lease } = status;
  const name = tinted(status.node, 'bold', options.colour);
  const leaseWords =
    lease.ms === null ? tinted('lease off', 'bad', options.colour) : `lease ${durationWords(lease.ms)}`;
  const refused = Object.entries(adverts.refused)
    .filter(([, count]) => count > 0)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([reason, count]) => `${reason} ${count}`);
  const total = Object.values(adverts.refused).reduce((sum, count) => sum + count, 0);
  const words = `adverts: ${adverts.sent} sent, ${adverts.received} received, ${total} refused${refused.length > 0 ? ` (${refused.join(', ')})` : ''}`;
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const open = lease.open_ms === null || lease.open_ms === 0 ? [] : wrap(openWords(lease.open_ms), width);
  return [
    `${name} in cluster ${status.cluster}, ${modeWords(status)}, ${leaseWords}`,
    `locum ${status.version}, pid ${status.pid}, up ${since(status.since, status)}`,
    ...wrap(words, width),
    ...wrap(lateWords(status), width),
    ...fencedLines(status, options, width),
    ...open,
  ];
}

/** What matters is the tail: an advert that is late once in a thousand is what ends a lease. */
function lateWords({ loop_late: late, scheduling }: StatusDocument): string {
  const head = `main loop: ${schedulingWords(scheduling)}`;
  if (late.p99_ms === null || late.p999_ms === null) return `${head}, nothing was due so far`;
  const often = `${lateMs(late.p99_ms)} at 99 %, ${lateMs(late.p999_ms)} at 99.9 %`;
  return `${head}, late by less than ${often}, ${lateMs(late.max_ms)} at most`;
}

function lateMs(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function modeWords({ mode, quorum, witness }: StatusDocument): string {
  if (quorum === null) return mode;
  const silent = quorum.silent ? ', silent' : '';
  const reached = `${quorum.reachable.length} reached`;
  const words = `${mode} (${quorum.majority} of ${quorum.voters.length} voters needed, ${reached}${silent})`;
  return witness ? `witness in ${words}` : words;
}

function fencedLines({ fenced }: StatusDocument, options: TableOptions, width: number): string[] {
  if (fenced === null) return [];
  const until = fenced.until === null ? 'until "locum unfence"' : `until ${fenced.until}`;
  const lines = wrap(`FENCED ${until}: ${oneLine(fenced.reason)}`, width);
  return lines.map((line) => tinted(line, 'bad', options.colour));
}

function openWords(openMs: number): string {
  return `if this daemon is killed or freezes while it holds, two hosts can answer for up to ${durationWords(openMs)}, where the wire shows nobody that this one still does`;
}

function section(name: string, ifNone: string, lines: string[], count: number): string[] {
  return count === 0 ? [`${name}: ${ifNone}`] : lines;
}

function problemLines(status: StatusDocument, options: TableOptions): string[] {
  const rows = status.problems.map(({ code, message, since: at }) => [
    cell(code, 'bad'),
    cell(since(at, status)),
    cell(oneLine(message)),
  ]);
  return tableLines(['PROBLEM', 'SINCE', 'WHAT'], rows, options);
}

function groupLines(status: StatusDocument, options: TableOptions): string[] {
  const rows = sorted(status.groups).map((group) => [
    cell(group.name),
    cell(group.state, tintOfGroup(group.state)),
    cell(group.holder ?? '-'),
    cell(since(group.since, status)),
    cell(priorityWords(group)),
    addressCell(group, options),
    cell(oneLine(group.reason)),
  ]);
  return tableLines(['GROUP', 'STATE', 'HOLDER', 'SINCE', 'PRIO', 'ADDRESSES', 'REASON'], rows, options);
}

/** The priority that counts, and behind it the configured one where checks moved it. */
function priorityWords(group: StatusGroup): string {
  const { priority, effective_priority: effective } = group;
  return effective === priority ? `${priority}` : `${effective} of ${priority}`;
}

function addressCell(group: StatusGroup, options: TableOptions): Cell {
  const wrong = group.addresses.some((one) => markOf(group, one.present) !== '');
  const lines = group.addresses.map((one) => `${one.address} ${one.interface}${markOf(group, one.present)}`);
  return { lines: options.width === null ? [lines.join(', ')] : lines, tint: wrong ? 'bad' : undefined };
}

/** Only what does not fit the state is marked: a standby without addresses is as it should be. */
function markOf(group: StatusGroup, present: boolean): string {
  if (group.state === 'active' && !present) return ' (missing)';
  if (present && ['starting', 'standby', 'faulted'].includes(group.state)) return ' (still here)';
  return '';
}

function peerLines(status: StatusDocument, options: TableOptions): string[] {
  const rows = sorted(status.peers).map((peer) => [
    cell(peer.name),
    cell(peer.state, tintOfPeer(peer.state)),
    cell(peer.last_heard_ms === null ? 'never' : `${heardWords(peer.last_heard_ms)} ago`),
    cell(peer.address),
    cell(peer.version === status.version ? peer.version : `${peer.version} (differs)`),
    cell(pathWords(peer)),
  ]);
  return tableLines(['PEER', 'STATE', 'HEARD', 'ADDRESS', 'VERSION', 'PATHS'], rows, options);
}

function heardWords(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : ageWords(ms);
}

function pathWords(peer: StatusPeer): string {
  const paths = peer.paths.map((path) => `${path.interface ?? 'peer list'} ${path.state}`).join(', ');
  return peer.same_config ? paths : `${paths} (other settings)`;
}

function checkLines(status: StatusDocument, options: TableOptions): string[] {
  const rows = sorted(status.checks).map((check) => [
    cell(check.name),
    cell(check.state, tintOfCheck(check.state)),
    cell(since(check.since, status)),
    cell(check.last === null ? '-' : `${check.last.ms} ms`),
    cell(lastWords(check)),
  ]);
  return tableLines(['CHECK', 'STATE', 'SINCE', 'TOOK', 'LAST OUTCOME'], rows, options);
}

function lastWords(check: StatusCheck): string {
  if (check.last === null) return 'none yet';
  const { outcome, detail } = check.last;
  const output = oneLine(check.last.output);
  const words = detail === null ? outcome : `${outcome} (${oneLine(detail)})`;
  return output === '' ? words : `${words}: ${output.length > 240 ? `${output.slice(0, 240)}…` : output}`;
}

/** Ages are counted against the daemon's own clock, read when it wrote the document. */
function since(at: string | null, status: StatusDocument): string {
  return at === null ? '-' : ageWords(Date.parse(status.now) - Date.parse(at));
}

const byName = new Intl.Collator('en', { numeric: true });

function sorted<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return things.toSorted((a, b) => byName.compare(a.name, b.name));
}

function tintOfGroup(state: StatusGroup['state']): Tint | undefined {
  switch (state) {
    case 'active':
      return 'good';
    case 'standby':
      return undefined;
    case 'faulted':
    case 'fenced':
      return 'bad';
    case 'starting':
    case 'claiming':
    case 'releasing':
    case 'draining':
      return 'odd';
  }
}

function tintOfPeer(state: StatusPeer['state']): Tint {
  return state === 'two-way' ? 'good' : state === 'lost' ? 'bad' : 'odd';
}

function tintOfCheck(state: StatusCheck['state']): Tint {
  return state === 'passing' ? 'good' : state === 'failing' ? 'bad' : 'odd';
}
