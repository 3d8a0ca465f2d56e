// What a renewal of the millisecond lease costs for few and for many addresses, in a namespace of its own: the real
// gate, told to hold and to renew. Prints a table; needs root.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGate } from '#linux/gate-open';
import { MonotonicClock } from '#linux/monotonic-clock';
import { later } from '#lib/time';

const renewals = 500;
const runs = 5;
const clock = new MonotonicClock();
const runtimeDir = mkdtempSync(join(tmpdir(), 'locum-bench-'));
const warn = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const shown = (us: number): string => us.toFixed(0).padStart(10);

function measure(count: number): { readonly renewUs: number; readonly holdUs: number; readonly silenceUs: number } {
  const gate = openGate({ runtimeDir, clock, slackMs: 1000, warn });
  if (typeof gate === 'string') throw new Error(gate);
  gate.begin([], () => warn('the lease lapsed'));
  const addresses = Array.from({ length: count }, (_, i) => ({
    key: `lo/${i}`,
    family: i % 2 === 0 ? (4 as const) : (6 as const),
    address: i % 2 === 0 ? `198.18.${i >> 8}.${i & 255}` : `2001:db8::${i.toString(16)}`,
    index: 1,
    interface: 'lo',
  }));
  const timed = (act: () => void): number => {
    const from = performance.now();
    act();
    return (performance.now() - from) * 1000;
  };
  const holdUs = timed(() => {
    const trouble = gate.hold(addresses, later(clock.now(), 60_000));
    if (trouble !== null) throw new Error(trouble.kind === 'refused' ? trouble.error : trouble.kind);
  });
  const each: number[] = [];
  for (let i = 0; i < renewals; i += 1) each.push(timed(() => gate.renew(later(clock.now(), 60_000))));
  const silenceUs = timed(() => gate.silence(addresses.map(({ key }) => key)));
  gate.close(false);
  return { renewUs: median(each), holdUs, silenceUs };
}

try {
  measure(1);
  process.stdout.write(`median of ${runs} runs of ${renewals} renewals, in microseconds\n`);
  process.stdout.write('addresses   renewal      hold   silence\n');
  for (const count of [1, 255, 1000]) {
    const found = Array.from({ length: runs }, () => measure(count));
    const columns = (['renewUs', 'holdUs', 'silenceUs'] as const).map((key) =>
      shown(median(found.map((one) => one[key]))),
    );
    process.stdout.write(`${String(count).padStart(9)}${columns.join('')}\n`);
  }
} finally {
  rmSync(runtimeDir, { recursive: true });
}
