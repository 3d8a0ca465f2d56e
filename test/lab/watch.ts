// The lab, live on a terminal: what each host's kernel holds, how its daemon is, and whether the client gets answers.
// Looks from outside on purpose, so that it shows the truth of a host whose daemon is frozen or gone.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { type Description, type Host, readDescription } from './description.ts';
import { Instrument, type ProbeSummary } from './instrument.ts';

const run = promisify(execFile);
const refreshMs = 250;
const shownGaps = 5;

interface Link {
  readonly ifname: string;
  readonly operstate: string;
  readonly addr_info?: readonly { readonly local?: string }[];
}

/** `running`, `frozen` or `none`, as /proc says. */
function daemon(host: Host): string {
  try {
    const [pid, started] = readFileSync(`${host.dir}/pid`, 'utf8').trim().split(' ');
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    if (fields[19] !== started || fields[0] === 'Z') return 'none';
    return fields[0] === 'T' ? 'frozen' : 'running';
  } catch {
    return 'none';
  }
}

async function hostLine(lab: Description, host: Host): Promise<string> {
  const { stdout } = await run('ip', ['-n', host.namespace, '-j', 'addr', 'show']);
  const links = (JSON.parse(stdout) as Link[]).filter(({ ifname }) => ifname !== 'lo');
  const local = new Set(links.flatMap((link) => (link.addr_info ?? []).map((a) => a.local)));
  const held = lab.addresses.filter((address) => local.has(address));
  const down = links.filter(({ operstate }) => operstate !== 'UP').map(({ ifname }) => `${ifname} down`);
  const what =
    held.length === 0 ? '-' : `${held.slice(0, 3).join(' ')}${held.length > 3 ? ` and ${held.length - 3} more` : ''}`;
  return `${host.name.padEnd(6)}${daemon(host).padEnd(10)}${what.padEnd(40)}${down.join(', ')}`;
}

function clientLines(probe: Instrument<ProbeSummary>): string[] {
  const gaps = probe.lines.flatMap((line) => (line.kind === 'gap' ? [line] : []));
  const ended = gaps.slice(-shownGaps).map(({ ms }) => `  no answer for ${ms.toFixed(1)} ms`);
  return ['', `client: ${gaps.length} gaps so far`, ...ended];
}

const { values } = parseArgs({ options: { lab: { type: 'string' } } });
if (values.lab === undefined) throw new Error('--lab DIR is missing: run this as scripts/lab watch');
const lab = readDescription(values.lab);
const probe = await Instrument.start<ProbeSummary>('probe', lab, { everyMs: 5, unanswered: true });

const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
const clear = process.stdout.isTTY ? '\u001B[H\u001B[2J' : '';
while (!ending.signal.aborted) {
  const hosts = await Promise.all(lab.hosts.map((host) => hostLine(lab, host)));
  const head = `lab '${lab.name}', Ctrl-C ends the view\n\n${'host'.padEnd(6)}${'daemon'.padEnd(10)}holds`;
  process.stdout.write(`${clear}${[head, ...hosts, ...clientLines(probe)].join('\n')}\n`);
  await sleep(refreshMs);
}
const { sent, lost, longestMs } = await probe.stop();
console.log(`\nclient: ${sent} requests, ${lost} lost, longest silence ${longestMs.toFixed(1)} ms`);
