// A process inside a network namespace that owns advert sockets and a timer, takes commands as
// JSON lines on its input and tells what happened as JSON lines on its output.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { AdvertSockets } from '#linux/advert-sockets';
import { LoopTimer } from '#linux/loop-timer';
import { MonotonicClock } from '#linux/monotonic-clock';
import { later } from '#lib/time';
import type { LinkFacts } from '#model/input';
import type { Transport } from '#model/settings';

export type Command =
  | { do: 'links'; links: LinkFacts[] }
  | { do: 'send'; path: string; sizes: number[] }
  | { do: 'block-and-poll'; ms: number }
  | { do: 'flood'; path: string; ms: number; perSecond: number }
  | { do: 'measure'; ms: number; everyMs: number }
  | { do: 'count' };

export type Happening =
  | { kind: 'ready' }
  | { kind: 'path'; path: string; words: string | null; open: string[] }
  | { kind: 'packet'; path: string; from: string; bytes: number; first: number }
  | { kind: 'sent'; words: string | null; leftInCall: number; callUs: number; doneUs: number }
  | { kind: 'polled'; before: number; offered: number; late: number }
  | { kind: 'flooded'; left: number; refused: number }
  | {
      kind: 'measured';
      alarms: number;
      worstLateMs: number;
      medianLateMs: number;
      /** Packets offered while an alarm was overdue, before it came. */
      mostAhead: number;
      early: number;
      packets: number;
      cpuMs: number;
    }
  | { kind: 'count'; packets: number; unlisted: number };

const [transportText = '{}', quiet] = process.argv.slice(2);
const clock = new MonotonicClock();
let packets = 0;
let onPacket = (): void => undefined;
let onWake = (): void => undefined;
let onPolled = (_begun: number): void => undefined;

const sockets = new AdvertSockets({
  transport: JSON.parse(transportText) as Transport,
  clock,
  sink: (path, from, bytes) => {
    packets += 1;
    onPacket();
    if (quiet === undefined) tell({ kind: 'packet', path, from, bytes: bytes.length, first: bytes[0] ?? -1 });
  },
  report: {
    // After the change is complete, and so with what is open then.
    path: (path, words) => queueMicrotask(() => tell({ kind: 'path', path, words, open: sockets.openPaths })),
  },
});
const timer = new LoopTimer({
  clock,
  wake: () => onWake(),
  polled: (begun) => onPolled(begun),
  waiting: () => sockets.drain(),
});

function tell(happening: Happening): void {
  process.stdout.write(`${JSON.stringify(happening)}\n`);
}

function obey(command: Command): void {
  switch (command.do) {
    case 'links':
      return sockets.linksChanged(command.links);
    case 'send':
      return void send(command.path, command.sizes);
    case 'block-and-poll':
      return blockAndPoll(command.ms);
    case 'flood':
      return void flood(command);
    case 'measure':
      return measure(command.ms, command.everyMs);
    case 'count':
      return tell({ kind: 'count', packets, unlisted: sockets.refused['unlisted-sender'] });
  }
}

/** The first byte of each datagram is its place in the call. */
async function send(path: string, sizes: number[]): Promise<void> {
  const datagrams = sizes.map((size, i) => new Uint8Array(size).fill(i));
  const leftBefore = udpDatagramsLeft();
  const begun = clock.now();
  const outcome = sockets.send(path, datagrams);
  const called = clock.now();
  const leftInCall = udpDatagramsLeft() - leftBefore;
  const words = await outcome;
  tell({ kind: 'sent', words, leftInCall, callUs: (called - begun) * 1e3, doneUs: (clock.now() - begun) * 1e3 });
}

/** What the kernel of this namespace has sent over IPv4. */
function udpDatagramsLeft(): number {
  const [names = '', values = ''] = readFileSync('/proc/self/net/snmp', 'utf8').match(/^Udp:.*$/gm) ?? [];
  return Number(values.split(' ')[names.split(' ').indexOf('OutDatagrams')]);
}

/** Sleeps without the event loop, as a stopped or starved process would; the alarm falls into it. */
function blockAndPoll(ms: number): void {
  timer.wakeAt(later(clock.now(), ms / 2));
  onWake = () => {
    const before = packets;
    const asked = clock.now();
    onPolled = (begun) => tell({ kind: 'polled', before, offered: packets - before, late: begun - asked });
    timer.poll();
  };
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function flood({ path, ms, perSecond }: { path: string; ms: number; perSecond: number }): Promise<void> {
  const end = later(clock.now(), ms);
  const burst = Array.from({ length: Math.ceil(perSecond / 500) }, () => new Uint8Array(100).fill(255));
  let left = 0;
  let refused = 0;
  for (let next = clock.now(); next < end; next = later(next, 2)) {
    if ((await sockets.send(path, burst)) === null) left += burst.length;
    else refused += burst.length;
    await new Promise((resolve) => setTimeout(resolve, next + 2 - clock.now()));
  }
  tell({ kind: 'flooded', left, refused });
}

function measure(ms: number, everyMs: number): void {
  const lateness: number[] = [];
  const packetsBefore = packets;
  const cpu = process.cpuUsage();
  const end = later(clock.now(), ms);
  let at = later(clock.now(), everyMs);
  let ahead = 0;
  let mostAhead = 0;
  onPacket = () => {
    // The loop's timers are rounded up to its milliseconds; later than that, packets overtake.
    if (clock.now() > at + 2) ahead += 1;
  };
  onWake = () => {
    lateness.push(clock.now() - at);
    mostAhead = Math.max(mostAhead, ahead);
    ahead = 0;
    at = later(at, everyMs);
    if (at < end) return timer.wakeAt(at);
    const { user, system } = process.cpuUsage(cpu);
    const sorted = lateness.toSorted((a, b) => a - b);
    tell({
      kind: 'measured',
      alarms: sorted.length,
      worstLateMs: sorted.at(-1) ?? -1,
      medianLateMs: sorted[Math.floor(sorted.length / 2)] ?? -1,
      mostAhead,
      early: sorted.filter((late) => late < 0).length,
      packets: packets - packetsBefore,
      cpuMs: (user + system) / 1e3,
    });
  };
  timer.wakeAt(at);
}

createInterface({ input: process.stdin }).on('line', (line) => obey(JSON.parse(line) as Command));
process.stdin.on('end', () => process.exit(0));
tell({ kind: 'ready' });
