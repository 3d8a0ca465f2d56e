// A program that runs the wire port inside a namespace: its options as JSON in the first argument, commands as JSON
// lines on stdin, every input that the core would get as a JSON line on stdout, with the time since the last question.

import { createInterface } from 'node:readline';
import { MonotonicClock } from '#linux/monotonic-clock';
import { openHostWatch } from '#linux/netlink-watch';
import { WireSockets } from '#linux/wire-sockets';
import type { Input } from '#model/input';
import type { VirtualAddress } from '#model/settings';

export interface WireHostOptions {
  readonly addresses: readonly VirtualAddress[];
  readonly gateways: readonly string[];
}

export type WireCommand =
  | { readonly do: 'ask'; readonly addresses: readonly VirtualAddress[] }
  | { readonly do: 'ask-gateways' }
  | { readonly do: 'links' }
  /** Measures the loop for so long. */
  | { readonly do: 'loop'; readonly ms: number };

export type WireTold =
  | { readonly told: 'ready' }
  | { readonly told: 'input'; readonly input: Input; readonly ms: number }
  | { readonly told: 'warning'; readonly words: string }
  /** How long the call took. */
  | { readonly told: 'asked'; readonly ms: number }
  | { readonly told: 'links'; readonly up: readonly string[] }
  | { readonly told: 'loop'; readonly latestMs: number; readonly cpuMs: number; readonly seen: number };

const options = JSON.parse(process.argv[2] ?? '') as WireHostOptions;
const lines: string[] = [];
/** In one write for a turn of the loop, so that telling takes little of the time that is measured. */
const tell = (told: WireTold) => {
  if (lines.length === 0) setTimeout(() => process.stdout.write(lines.splice(0).join('')), 2);
  lines.push(`${JSON.stringify(told)}\n`);
};
let askedAt = performance.now();
let seen = 0;
const watch = await openHostWatch();
const wire = new WireSockets({
  ...options,
  watch,
  clock: new MonotonicClock(),
  interfaces: ['eth0'],
  offer: (input) => {
    if (input.kind === 'seen') seen += 1;
    tell({ told: 'input', input, ms: performance.now() - askedAt });
  },
  warn: (words) => tell({ told: 'warning', words }),
});
tell({ told: 'ready' });
for await (const line of createInterface({ input: process.stdin })) await perform(JSON.parse(line) as WireCommand);
wire.close();
watch.close();

async function perform(command: WireCommand): Promise<void> {
  if (command.do === 'loop') return measure(command.ms);
  if (command.do === 'links') {
    await watch.resync();
    const up = [...watch.state.links.values()].flatMap((link) => (link.up ? [link.name] : []));
    tell({ told: 'links', up });
    return;
  }
  askedAt = performance.now();
  if (command.do === 'ask') wire.ask(command.addresses);
  else wire.askGateways();
  tell({ told: 'asked', ms: performance.now() - askedAt });
}

/** A timer every five milliseconds, as an advert would have: how late was the latest? */
async function measure(ms: number): Promise<void> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const before = seen;
  let latestMs = 0;
  while (performance.now() - begun < ms) {
    const due = performance.now() + 5;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    latestMs = Math.max(latestMs, performance.now() - due);
  }
  const used = process.cpuUsage(cpu);
  tell({ told: 'loop', latestMs, cpuMs: (used.user + used.system) / 1000, seen: seen - before });
}
