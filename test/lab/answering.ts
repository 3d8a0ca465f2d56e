// Which hosts answer for a virtual address: each is asked by its own MAC every millisecond, for the address's owner
// (ARP or neighbour solicitation) and for an echo, past every neighbour cache. Two at once is what must never be.
// Writes JSON lines: `begins` and `ends` for each host, `summary` with the intervals and how long any two overlap.

import { isIP } from 'node:net';
import { instrumentOptions, micro, report } from './description.ts';
import { type Interval, Intervals, overlapOf } from './intervals.ts';
import { pace } from './pace.ts';
import { answerIn, echoFrame, macNumber, senderOf, whoHasFrame } from './packets.ts';
import { becomeRealtime, ipBytes, monotonicMs, RawSocket } from './raw.ts';

/** A host that leaves so many questions in a row without an answer has stopped to answer. */
const patience = 10;

const { lab, to, everyMs, forMs } = instrumentOptions();
const id = process.pid & 0xffff;
const address = ipBytes(to);
const fromIp = isIP(to) === 6 ? lab.witness.ipv6 : lab.witness.ipv4;

const asked = lab.hosts.map(({ name, mac }) => {
  const ends = { fromMac: lab.witness.mac, toMac: mac, fromIp, toIp: to };
  const log = (kind: 'begins' | 'ends') => (atMs: number) => report({ kind, host: name, atMs: micro(atMs) });
  return {
    name,
    key: macNumber(mac),
    echo: echoFrame(ends, id),
    whoHas: whoHasFrame(ends),
    answers: {
      any: new Intervals(patience, log('begins'), log('ends')),
      echo: new Intervals(patience),
      'who-has': new Intervals(patience),
    },
  };
});
const byMac = new Map(asked.map((host) => [host.key, host]));

const socket = RawSocket.frames('eth0');
const realtime = becomeRealtime();
let number = 0;

const paced = await pace(socket, {
  everyMs,
  untilMs: forMs > 0 ? monotonicMs() + forMs : 0,
  send: () => {
    number += 1;
    for (const host of asked) {
      for (const answers of Object.values(host.answers)) answers.asked();
      host.echo.stamp(number);
      socket.send(host.echo.frame);
      socket.send(host.whoHas);
    }
  },
  take: (now, length) => {
    const host = byMac.get(senderOf(socket.data));
    const kind = host === undefined ? null : answerIn(socket.data, length, address, id);
    if (host === undefined || kind === null) return;
    host.answers.any.answered(now);
    host.answers[kind].answered(now);
  },
});

const rounded = (list: readonly Interval[]) => list.map(({ fromMs, toMs }) => [micro(fromMs), micro(toMs)]);

const overlaps = asked.flatMap((a, i) =>
  asked.slice(i + 1).map((b) => ({
    hosts: [a.name, b.name],
    ms: micro(overlapOf(a.answers.any.list, b.answers.any.list)),
    echoMs: micro(overlapOf(a.answers.echo.list, b.answers.echo.list)),
  })),
);

report({
  kind: 'summary',
  to,
  realtime,
  startMs: micro(paced.startMs),
  endMs: micro(paced.endMs),
  stallMs: micro(paced.stallMs),
  stallAtMs: micro(paced.stallAtMs),
  hosts: asked.map(({ name, answers }) => ({
    host: name,
    any: rounded(answers.any.list),
    echo: rounded(answers.echo.list),
    whoHas: rounded(answers['who-has'].list),
  })),
  overlaps,
  longestOverlapMs: Math.max(0, ...overlaps.map(({ ms }) => ms)),
});
