// A node with something of everything, for the status document and its table.

import { Histogram } from '#lib/histogram';
import { instant, longAgo } from '#lib/time';
import type { View } from '#model/view';
import type { DaemonFacts, Moment } from '#ops/status';

export const moment: Moment = { now: instant(1_000_000), wallMs: Date.parse('2026-01-01T01:00:00.000Z') };

const loopLate = new Histogram();
for (const ms of [0.25, 0.25, 0.25, 12]) loopLate.add(ms, instant(970_000));

export const facts: DaemonFacts = {
  version: '0.1.0',
  cluster: 'edge',
  node: 'lb1',
  pid: 4711,
  sinceWallMs: Date.parse('2026-01-01T00:00:00.000Z'),
  mode: 'availability',
  witness: false,
  lease: { kind: 'address', ms: 2000 },
  takeover: (group) => {
    if (group !== 'web2') return null;
    const at = (ms: number) => instant(400_000 + ms);
    return {
      decided: at(0),
      said: at(0.4),
      opened: null,
      confirmed: at(1.25),
      active: at(1.5),
      firstAnnounced: at(1.5004),
      lastAnnounced: at(1.9996),
    };
  },
  leaseOpenMs: 300,
  loopLate,
  scheduling: { policy: 'rr', priority: 10, resetOnFork: true },
  intervalMs: 10,
  adverts: { sent: 3600, refused: [{ 'bad-mac': 2, truncated: 1 }, { 'bad-mac': 1 }] },
};

function address(text: string, prefix: number, present: boolean): View['groups'][number]['addresses'][number] {
  return {
    address: { address: text, family: text.includes(':') ? 6 : 4, prefix, interface: 'eth0', label: null },
    key: `eth0/${text}/${prefix}`,
    present,
  };
}

export const view: View = {
  fenced: null,
  groups: [
    {
      name: 'web10',
      state: 'faulted',
      since: instant(997_000),
      reason: { kind: 'check-failed', check: 'haproxy', outcome: 'exit 1' },
      priority: 100,
      effectivePriority: 100,
      holder: null,
      epoch: 0,
      promisedTo: null,
      mandateUntil: null,
      addresses: [address('192.0.2.20', 32, true)],
      terms: [],
    },
    {
      name: 'web2',
      state: 'active',
      since: instant(400_000),
      reason: { kind: 'holder-lost', holder: 'lb2', silentMs: 3012.4 },
      priority: 150,
      effectivePriority: 130,
      holder: 'lb1',
      epoch: 0,
      promisedTo: null,
      mandateUntil: null,
      addresses: [address('192.0.2.10', 32, true), address('2001:db8::10', 128, false)],
      terms: [{ check: 'disk', weight: -20 }],
    },
    {
      name: 'db',
      state: 'standby',
      since: instant(999_999),
      reason: { kind: 'holder-live', holder: 'lb2' },
      priority: 100,
      effectivePriority: 100,
      holder: 'lb2',
      epoch: 0,
      promisedTo: null,
      mandateUntil: null,
      addresses: [address('192.0.2.30', 32, false)],
      terms: [],
    },
  ],
  peers: [
    {
      name: 'lb3',
      address: '192.0.2.3',
      state: 'lost',
      lastHeardAt: longAgo,
      paths: [{ path: 'peers', state: 'lost' }],
      release: '0.2.0',
      sameConfig: false,
    },
    {
      name: 'lb2',
      address: '192.0.2.2',
      state: 'two-way',
      lastHeardAt: instant(999_988.2),
      paths: [
        { path: 'eth0', state: 'two-way' },
        { path: 'eth1', state: 'one-way' },
      ],
      release: '0.1.0',
      sameConfig: true,
    },
  ],
  checks: [
    {
      name: 'haproxy',
      state: 'failing',
      since: instant(997_000),
      last: { outcome: { kind: 'signal', signal: 'SIGKILL' }, ms: 12.6, output: 'no route\nto host\u001B[31m' },
    },
    { name: 'disk', state: 'unknown', since: longAgo, last: null },
  ],
  problems: [{ problem: { code: 'peer-one-way', peer: 'lb2', path: 'eth1' }, since: instant(940_000) }],
  quorum: null,
  counts: { received: 7190, refused: { replayed: 4 }, dualHolder: { web2: 1 }, staleOutcomes: 5 },
};
