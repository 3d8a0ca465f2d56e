// What the client's segment hears of each host: when it sent its first advert, and when it first announced each virtual
// address, which is when clients that know the old host's MAC turn to the new one.
// Writes JSON lines: `listening` once, `speaks` at a host's first advert, `arrived` when a host has announced all of the lab's addresses, `summary`.

import { instrumentOptions, micro, report } from './description.ts';
import { pace } from './pace.ts';
import { announcedIn, isAdvert, macNumber, senderOf } from './packets.ts';
import { becomeRealtime, ipBytes, monotonicMs, RawSocket } from './raw.ts';

const { lab, everyMs, forMs } = instrumentOptions();
const expected = new Set(lab.addresses.map((address) => ipBytes(address).toString('hex')));

const heard = lab.hosts.map(({ name, mac }) => ({
  name,
  key: macNumber(mac),
  adverts: 0,
  firstAdvertMs: null as number | null,
  announcements: 0,
  /** Bounded by the lab's addresses. */
  announced: new Map<string, number>(),
}));
const byMac = new Map(heard.map((host) => [host.key, host]));

const socket = RawSocket.frames('eth0');
const realtime = becomeRealtime();
report({ kind: 'listening' });

const paced = await pace(socket, {
  everyMs,
  untilMs: forMs > 0 ? monotonicMs() + forMs : 0,
  send: () => {},
  take: (now, length) => {
    const host = byMac.get(senderOf(socket.data));
    if (host === undefined) return;
    if (isAdvert(socket.data, length)) {
      host.adverts += 1;
      if (host.firstAdvertMs === null) {
        host.firstAdvertMs = micro(now);
        report({ kind: 'speaks', host: host.name, atMs: host.firstAdvertMs });
      }
      return;
    }
    const address = announcedIn(socket.data, length)?.toString('hex');
    if (address === undefined || !expected.has(address)) return;
    host.announcements += 1;
    if (host.announced.has(address)) return;
    host.announced.set(address, micro(now));
    if (host.announced.size === expected.size) report({ kind: 'arrived', host: host.name, atMs: micro(now) });
  },
});

report({
  kind: 'summary',
  realtime,
  startMs: micro(paced.startMs),
  endMs: micro(paced.endMs),
  stallMs: micro(paced.stallMs),
  stallAtMs: micro(paced.stallAtMs),
  hosts: heard.map(({ name, adverts, firstAdvertMs, announcements, announced }) => ({
    host: name,
    adverts,
    firstAdvertMs,
    announcements,
    arrivedMs: [...announced.values()],
  })),
});
