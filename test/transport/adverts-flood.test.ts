// A stall and a flood: what waits is offered before silence is judged, and alarms stay on time.

import test from 'ava';
import { Segment, transport } from './segment.ts';

const onEth0 = transport({ paths: [{ name: 'eth0', interface: 'eth0' }] });

test('after a stall `polled` comes once all that waited was offered, and the alarm before it', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  for (const [i, host] of [a, b].entries()) host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
  const [sender, stalled] = [await a.endpoint(onEth0), await b.endpoint(onEth0, true)];
  stalled.command({ do: 'block-and-poll', ms: 600 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.is((await sender.send('eth0', ...Array<number>(500).fill(1400))).words, null);
  const { before, offered, late } = await stalled.next('polled');
  t.is(before, 0);
  t.is(offered, 500);
  t.true(late >= 0 && late < 1);
});

test('alarms every 10 ms stay on time under a flood, and a poll ends', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  for (const [i, host] of [a, b].entries()) host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
  const [sender, flooded] = [await a.endpoint(onEth0), await b.endpoint(onEth0, true)];
  flooded.command({ do: 'measure', ms: 1000, everyMs: 10 });
  const calm = await flooded.next('measured');
  sender.command({ do: 'flood', path: 'eth0', ms: 2500, perSecond: 50_000 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  flooded.command({ do: 'measure', ms: 1500, everyMs: 10 });
  const busy = await flooded.next('measured');
  flooded.command({ do: 'block-and-poll', ms: 200 });
  const polled = await flooded.next('polled');
  const { left } = await sender.next('flooded');
  for (const [name, { worstLateMs, medianLateMs, packets, cpuMs }] of Object.entries({ calm, busy })) {
    t.log(
      `${name}: late by ${medianLateMs.toFixed(2)} ms (median), ${worstLateMs.toFixed(2)} ms (worst); ${packets} packets, ${cpuMs.toFixed(0)} ms of CPU`,
    );
  }
  t.log(`${left} packets sent; ${busy.mostAhead} before an overdue alarm; ${polled.offered} for a poll after 200 ms`);
  t.is(calm.early + busy.early, 0);
  t.true(busy.packets > 5000);
  // The loop reads 32 datagrams from each of two sockets, then serves its timers.
  t.true(busy.mostAhead <= 66);
  t.true(busy.medianLateMs < 10);
  t.true(polled.offered > 500);
});
