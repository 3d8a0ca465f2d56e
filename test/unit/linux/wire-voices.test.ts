// How often a voice is told, and of whom.

import test from 'ava';
import { instant, longAgo } from '#lib/time';
import { WireVoices } from '#linux/wire-voices';
import type { Input } from '#model/input';
import type { VirtualAddress } from '#model/settings';

const where = (address: string, name: string): VirtualAddress => {
  return { address, family: 4, prefix: 32, interface: name, label: null };
};

function hearing() {
  const told: Input[] = [];
  let now = 0;
  const voices = new WireVoices(
    [where('10.0.0.1', 'eth0'), where('10.0.0.2', 'eth0'), where('10.0.0.1', 'eth1')],
    { now: () => instant(now) },
    (input) => told.push(input),
  );
  return {
    told,
    at: (ms: number) => {
      now = ms;
    },
    hear: (name: string, address: string, last: number, probes = false) =>
      voices.heard(name, { address, mac: `02:00:00:00:00:0${last}`, answers: null, probes }, longAgo),
  };
}

test('a voice is told for the address on the interface where it spoke', (t) => {
  const { told, hear } = hearing();
  hear('eth1', '10.0.0.1', 1);
  hear('eth1', '10.0.0.2', 1);
  hear('eth2', '10.0.0.1', 1);
  t.deepEqual(told, [{ kind: 'seen', key: 'eth1/10.0.0.1/32', mac: '02:00:00:00:00:01', after: longAgo }]);
});

test('the same voice is told once in two milliseconds, for each address apart', (t) => {
  const { told, at, hear } = hearing();
  for (const ms of [0, 0.5, 1.9]) {
    at(ms);
    hear('eth0', '10.0.0.1', 1);
    hear('eth0', '10.0.0.2', 1);
  }
  t.is(told.length, 2);
  at(2);
  hear('eth0', '10.0.0.1', 1);
  t.is(told.length, 3);
});

test('of many voices for one address four are told in two milliseconds', (t) => {
  const { told, at, hear } = hearing();
  for (let i = 0; i < 9; i += 1) hear('eth0', '10.0.0.1', i);
  t.is(told.length, 4);
  at(2);
  hear('eth0', '10.0.0.1', 8);
  t.is(told.length, 5);
});

test('a probe is told as such, whatever the same host was heard to say', (t) => {
  const { told, hear } = hearing();
  hear('eth0', '10.0.0.2', 1);
  hear('eth0', '10.0.0.2', 1, true);
  const [seen, probed] = told;
  t.is(seen?.kind, 'seen');
  t.deepEqual(probed, { kind: 'probed', key: 'eth0/10.0.0.2/32', mac: '02:00:00:00:00:01' });
});
