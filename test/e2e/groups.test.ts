// Three hundred groups on two hosts: their table goes over several datagrams when it is new, and an idle advert is no
// longer than that of one group. All of them move together.

import { rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type ArrivalsSummary, Instrument } from '../lab/instrument.ts';
import { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { type Datagram, Tap } from '../lab/tap.ts';
import { Scratch } from './scratch.ts';

const many = 300;
/** Taken over in one step, by a daemon scheduled as the unit has it, they are announced within 1 to 25 ms. */
const spreadBoundMs = 300;

/** The usual length of what h1 and h2 send while nothing changes. */
async function idle(lab: Lab, tap: Tap, atMost = Number.POSITIVE_INFINITY): Promise<number> {
  // The last change rides along until every peer has echoed it, whole tables of several datagrams; after that, some quiet
  // adverts.
  tap.forget();
  const lengths = () => tap.adverts().map(({ payload }) => payload.length);
  const usual = () => median(lengths().slice(-16));
  return lab.until(
    async () => (lengths().length >= 44 && usual() <= atMost ? usual() : null),
    20_000,
    () => `${lengths().length} adverts, the last of usually ${usual()} bytes, expected ${atMost} or less`,
  );
}

async function withGroups(t: ExecutionContext, groups: number): Promise<{ lab: Lab; tap: Tap }> {
  const shape = { hosts: 2, groups, addresses: 1, interval: '200ms', downAfter: 5 };
  const lab = await Lab.up(t, { ...shape, realtime: true, daemon: false });
  const tap = await Tap.open(t, lab);
  await Promise.all([lab.start('h1'), lab.start('h2')]);
  for (const group of ['web', ...(groups > 1 ? [`web${groups}`] : [])])
    await lab.waitForState('h1', 'active', 15_000, group);
  return { lab, tap };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

test.serial('300 groups: several datagrams when new, one short one when idle, all move', async (t) => {
  const one = await withGroups(t, 1);
  const small = await idle(one.lab, one.tap);
  await one.lab.down();

  const { lab, tap } = await withGroups(t, many);
  const inState = (state: string) => (status: { readonly groups: readonly { readonly state: string }[] }) =>
    status.groups.every((group) => group.state === state);
  await lab.waitFor('h1', inState('active'), 10_000, 'state active of all groups');
  await lab.waitFor('h2', inState('standby'), 10_000, 'state standby of all groups');
  const lengths = tap.adverts().map(({ payload }) => payload.length);
  t.true(Math.max(...lengths) <= 1400, `a datagram of ${Math.max(...lengths)} bytes`);
  const burst = longestBurst(tap.adverts().filter(({ from }) => from === '192.0.2.1'));
  t.true(burst > 3, `never more than ${burst} datagrams for one advert`);
  const large = await idle(lab, tap, small + 16);
  t.log(`idle advert: ${small} bytes with 1 group, ${large} with ${many}; up to ${burst} datagrams for a whole table`);
  t.is((await lab.kernelAddresses('h1')).filter((address) => lab.addresses.includes(address ?? '')).length, many);

  const to = lab.addresses.at(-1) ?? '';
  const [probe, arrivals] = await Promise.all([
    lab.probe({ to }),
    Instrument.start<ArrivalsSummary>('arrivals', lab.description, {}),
  ]);
  t.is(await lab.stop('h1'), 0);
  const moved = await lab.waitFor('h2', inState('active'), 3000, 'state active of all groups');
  t.true(moved.groups.every(({ addresses }) => addresses.every(({ present }) => present)));
  t.is((await lab.kernelAddresses('h2')).filter((address) => lab.addresses.includes(address ?? '')).length, many);
  t.is((await lab.kernelAddresses('h1')).filter((address) => lab.addresses.includes(address ?? '')).length, 0);
  const { longestMs } = await probe.stop();
  t.log(`the last of ${many} addresses: outage ${longestMs} ms`);
  t.true(longestMs < 1000, `${longestMs} ms without an answer`);
  const heard = (await arrivals.stop()).hosts.find(({ host }) => host === 'h2')?.arrivedMs ?? [];
  const spreadMs = (heard.at(-1) ?? Number.NaN) - (heard[0] ?? Number.NaN);
  t.is(heard.length, many, 'the client heard every address announced');
  t.log(`first to last of ${many} addresses announced: ${spreadMs.toFixed(1)} ms`);
  t.true(spreadMs < spreadBoundMs, `${spreadMs} ms from the first to the last address`);
});

test.serial('the first hook of a takeover is started after the last of 1,000 addresses was announced', async (t) => {
  const scratch = await Scratch.make(t);
  const made = scratch.path('made');
  // Whichever is first on h2 makes the directory, some milliseconds after its start.
  const hook = await scratch.script('hook', `[ "$LOCUM_NODE" = h2 ] && exec mkdir -p ${made}`);
  const toml = `[hooks]\nchange = ["${hook}"]\n`;
  // Twenty milliseconds of announcing, and others have their turn: with so many addresses that is twice or more.
  const shape = { hosts: 2, groups: 4, addresses: 250, interval: '200ms', downAfter: 5 };
  const lab = await Lab.up(t, { ...shape, realtime: true, toml });
  const madeAt = () => stat(made, { bigint: true }).catch(() => null);
  // Those of the start are over when none of them makes it again.
  for (let quiet = 0; quiet < 10; quiet += 1) {
    if ((await madeAt()) !== null) quiet = 0;
    await rm(made, { recursive: true, force: true });
    await sleep(100);
  }
  const arrivals = await Instrument.start<ArrivalsSummary>('arrivals', lab.description, {});
  t.is(await lab.stop('h1'), 0);
  const { birthtimeNs } = await lab.until(madeAt, 20_000, () => 'no hook ran');
  const hookMs = Number(birthtimeNs / 1000n) / 1000 - (Date.now() - monotonicMs());
  const heard = (await arrivals.stop()).hosts.find(({ host }) => host === 'h2')?.arrivedMs ?? [];
  t.is(heard.length, 1000, 'the client heard every address announced');
  const lastMs = heard.at(-1) ?? Number.NaN;
  t.log(
    `announced in ${(lastMs - (heard[0] ?? 0)).toFixed(1)} ms; the first hook ran ${(hookMs - lastMs).toFixed(1)} ms later`,
  );
  // A file system knows the time to a tick of the kernel, of 10 ms at most.
  t.true(hookMs - lastMs > -11, `${hookMs - lastMs} ms`);
});

/** Datagrams that came within a few milliseconds of each other: one advert. */
function longestBurst(heard: readonly Datagram[]): number {
  let longest = 0;
  let run = 0;
  for (const [i, { atMs }] of heard.entries()) {
    run = atMs - (heard[i - 1]?.atMs ?? 0) < 10 ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
