// A program that runs the kernel side inside a namespace: takes commands as JSON lines on stdin, tells
// every input that the core would get as JSON lines on stdout, with the instant.

import { createInterface } from 'node:readline';
import { AddressPort } from '#linux/address-port';
import { Announcer } from '#linux/announce-port';
import { cleanup } from '#linux/claims-cleanup';
import { readStartFacts } from '#linux/claims-start';
import { openGate } from '#linux/gate-open';
import { LinkReporter } from '#linux/link-facts';
import { openHostWatch } from '#linux/netlink-watch';
import { instant, later, never } from '#lib/time';
import type { Input } from '#model/input';
import type { Lease, VirtualAddress } from '#model/settings';

export type Command =
  | {
      readonly do: 'hold';
      readonly id: number;
      readonly addresses: VirtualAddress[];
      readonly forMs: number | null;
      readonly byMs?: number;
    }
  | { readonly do: 'silence'; readonly addresses: VirtualAddress[] }
  | { readonly do: 'release'; readonly id: number; readonly addresses: VirtualAddress[] }
  | { readonly do: 'renew'; readonly id: number; readonly forMs: number | null; readonly livePeers: number }
  | { readonly do: 'announce'; readonly addresses: VirtualAddress[] }
  /** As a start does: what a claim of these needs stands, and a takeover is rehearsed so often. */
  | { readonly do: 'rehearse'; readonly addresses: readonly VirtualAddress[]; readonly times: number }
  /** From now on so many ms pass each time somebody looks at the clock, and at that look the process is killed. */
  | { readonly do: 'clock'; readonly stepMs: number; readonly killedAtLook?: number }
  | { readonly do: 'counts' }
  | { readonly do: 'together'; readonly commands: Command[] }
  | { readonly do: 'stall'; readonly ms: number };

export type Told =
  | { readonly told: 'start'; readonly start: ReturnType<typeof readStartFacts>; readonly now: number }
  | { readonly told: 'cleanup'; readonly cleanup: Awaited<ReturnType<typeof cleanup>> }
  | { readonly told: 'input'; readonly input: Input; readonly wall: number }
  | { readonly told: 'done'; readonly ms: number }
  | { readonly told: 'announced'; readonly sent: number }
  | { readonly told: 'counts'; readonly sent: number; readonly failed: number; readonly resyncs: number }
  | { readonly told: 'warning'; readonly words: string };

const [, , what, runtimeDir = '', lease = 'address', receiveBuffer = '', suspended = '0'] = process.argv;
const suspendedMs = Number(suspended);
let stepMs = 0;
let aheadMs = 0;
let looksLeft = Number.POSITIVE_INFINITY;
const now = () => {
  looksLeft -= 1;
  if (looksLeft === 0) process.kill(process.pid, 'SIGKILL');
  aheadMs += stepMs;
  return instant(Number(process.hrtime.bigint()) / 1e6 + aheadMs);
};
const tell = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);

const leases: Readonly<Record<string, Lease>> = {
  address: { kind: 'address', ms: 2000 },
  nftables: { kind: 'nftables', ms: 500, lateMs: 4, addressMs: 5000 },
};

if (what === 'cleanup') tell({ told: 'cleanup', cleanup: await cleanup(runtimeDir) });
else await run();

async function run(): Promise<void> {
  const watch = await openHostWatch(receiveBuffer === '' ? undefined : Number(receiveBuffer));
  const start = readStartFacts(runtimeDir, watch.state, suspendedMs);
  const offer = (input: Input) => tell({ told: 'input', input, wall: Date.now() });
  const warn = (words: string) => tell({ told: 'warning', words });
  const clock = { now, suspendedMs: () => suspendedMs, wall: () => Date.now() };
  const gate = lease === 'nftables' ? openGate({ runtimeDir, clock, slackMs: 50, warn }) : null;
  if (typeof gate === 'string') throw new Error(gate);
  const kernel = new AddressPort({
    runtimeDir,
    watch,
    warn,
    offer,
    boot: '0123456789abcdef',
    downMs: 3000,
    lease: leases[lease] ?? { kind: 'off' },
    clock,
    gate,
    left: start.left,
  });
  const announcer = new Announcer(watch, warn, 2);
  const reporter = new LinkReporter(watch, (address) => kernel.isOurs(address), start.facts.links, offer);
  tell({ told: 'start', start, now: now() });

  const until = (forMs: number | null) => (forMs === null ? null : later(now(), forMs));
  const perform = (command: Command): void => {
    switch (command.do) {
      case 'hold':
        kernel.hold(command.id, command.addresses, until(command.forMs), until(command.byMs ?? null) ?? never);
        break;
      case 'silence':
        kernel.silence(command.addresses);
        break;
      case 'release':
        kernel.release(command.id, command.addresses);
        break;
      case 'renew':
        kernel.renew(command.id, now(), until(command.forMs), command.livePeers);
        break;
      case 'announce':
        announcer.announce(command.addresses, () => tell({ told: 'announced', sent: announcer.counts.sent }));
        break;
      case 'rehearse':
        kernel.prepare(command.addresses);
        for (let i = 0; i < command.times; i += 1) kernel.rehearse(command.addresses);
        break;
      case 'clock':
        stepMs = command.stepMs;
        looksLeft = command.killedAtLook ?? Number.POSITIVE_INFINITY;
        break;
      case 'counts':
        tell({ told: 'counts', ...announcer.counts, resyncs: watch.resyncs });
        break;
      case 'together':
        for (const one of command.commands) perform(one);
        break;
      case 'stall':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, command.ms);
        break;
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const begun = performance.now();
    perform(JSON.parse(line) as Command);
    tell({ told: 'done', ms: performance.now() - begun });
  }
  reporter.close();
  kernel.close();
  announcer.close();
  watch.close();
}
